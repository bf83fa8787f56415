/** A dialog over the page: holds the focus, ends with Escape, a sheet from below on phones. */
import { type ReactNode, useRef } from 'react';
import { Overlay, useDialog, useModalOverlay } from 'react-aria';
import { useText } from '../text/use-text.ts';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly title: string;
  /** Shows what is shown this once: only its button closes it. */
  readonly isOnce?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Open as long as it is there. */
export function Dialog(props: DialogProps) {
  return (
    <Overlay>
      <Surface {...props} />
    </Overlay>
  );
}

function Surface({ title, isOnce = false, onClose, children }: DialogProps) {
  const { t } = useText();
  const ref = useRef<HTMLDivElement>(null);
  const none = () => {};
  const state = {
    isOpen: true,
    setOpen: onClose,
    open: none,
    close: onClose,
    toggle: onClose,
    point: null,
    setPoint: none,
  };
  const { modalProps, underlayProps } = useModalOverlay(
    { isDismissable: !isOnce, isKeyboardDismissDisabled: isOnce },
    state,
    ref,
  );
  const { dialogProps, titleProps } = useDialog({}, ref);
  return (
    <div className="overlay" {...underlayProps}>
      <div className="modal" ref={ref} {...modalProps} {...dialogProps}>
        <div className="dialog">
          <header>
            <h2 {...titleProps}>{title}</h2>
            <button type="button" className="icon-button" aria-label={t('common.close')} onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
          {children}
          {isOnce && (
            <button type="button" className="primary" onClick={onClose}>
              {t('common.done')}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
