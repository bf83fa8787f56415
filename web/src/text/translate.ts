/** The words of the pages. A language is a table; the type of the English one says what it must have. */
import { MESSAGES_DE } from './messages-de.ts';
import { MESSAGES_EN } from './messages-en.ts';

/** Words with `{name}` for values; two forms where a `{count}` decides. */
export type Message = string | { readonly one: string; readonly other: string };
export type MessageKey = keyof typeof MESSAGES_EN;
export type Messages = Readonly<Record<MessageKey, Message>>;
export type Language = 'en' | 'de';
export type Translate = (key: MessageKey, values?: Readonly<Record<string, string | number>>) => string;

const LANGUAGES: Readonly<Record<Language, Messages>> = { en: MESSAGES_EN, de: MESSAGES_DE };

/** The first of the languages that somebody reads which there are words in. */
export function chooseLanguage(wanted: readonly string[]): Language {
  const known = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => Object.hasOwn(LANGUAGES, tag));
  return (known as Language | undefined) ?? 'en';
}

export function createTranslate(language: Language): Translate {
  const messages = LANGUAGES[language];
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const message: Message = messages[key];
    const isOne = plural.select(Number(values['count'] ?? 0)) === 'one';
    const words = typeof message === 'string' ? message : isOne ? message.one : message.other;
    return words.replaceAll(/\{(\w+)\}/g, (place, name: string) => `${values[name] ?? place}`);
  };
}
