/** A dialog over the page: holds the focus, ends with Escape, a sheet from below on phones. */
import type { ReactNode } from 'react';
import { Button, Heading, Modal, ModalOverlay, Dialog as Surface } from 'react-aria-components';
import { useText } from '../text/use-text.ts';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Open as long as it is there. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { t } = useText();
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(isOpen) => isOpen || onClose()}>
      <Modal className="modal">
        <Surface className="dialog">
          <header>
            <Heading slot="title">{title}</Heading>
            <Button className="icon-button" aria-label={t('common.close')} onPress={onClose}>
              <Icon name="close" />
            </Button>
          </header>
          {children}
        </Surface>
      </Modal>
    </ModalOverlay>
  );
}
