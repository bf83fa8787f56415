/** Words and formats for components, as whoever looks wants them. */
import { isSignalName, SIGNALS } from '@fleet/contract';
import { useMemo } from 'react';
import { usePreferences } from '../shell/preferences.ts';
import type { UnitSystem } from '../units/convert.ts';
import { createFormat, type Format } from '../units/format.ts';
import { SIGNAL_LABELS_DE } from './signals-de.ts';
import { chooseLanguage, createTranslate, type Language, type Translate } from './translate.ts';

export interface Wording {
  readonly language: Language;
  readonly t: Translate;
  readonly format: Format;
  /** A signal's name for people; a custom one's wire name. */
  readonly label: (signal: string) => string;
}

export function useText(): Wording {
  const { language: wanted, units } = usePreferences();
  return useMemo(() => {
    const language = chooseLanguage(wanted === 'system' ? navigator.languages : [wanted]);
    const regional = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
    return wordingOf(language, regional, units);
  }, [wanted, units]);
}

const wordings = new Map<string, Wording>();

/** One for all components: what formats dates and numbers is dear to make. */
function wordingOf(language: Language, regional: string, units: UnitSystem): Wording {
  const key = `${regional} ${units}`;
  const wording = wordings.get(key) ?? {
    language,
    t: createTranslate(language),
    format: createFormat(regional, units),
    label: (signal: string) => labelIn(language, signal),
  };
  wordings.set(key, wording);
  return wording;
}

function labelIn(language: Language, signal: string): string {
  if (!isSignalName(signal)) return signal;
  return language === 'de' ? SIGNAL_LABELS_DE[signal] : SIGNALS[signal].label;
}
