/** Asks before something that can't be taken back. */
import { useText } from '../text/use-text.ts';
import { Dialog } from './dialog.tsx';
import { Form } from './form.tsx';

interface ConfirmDialogProps {
  /** What is done, as its button says it. */
  readonly title: string;
  readonly text: string;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

export function ConfirmDialog({ title, text, onConfirm, onClose }: ConfirmDialogProps) {
  const { t } = useText();
  const confirm = async () => {
    await onConfirm();
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <Form submit={title} onSubmit={confirm}>
        <button type="button" onClick={onClose}>
          {t('common.cancel')}
        </button>
      </Form>
    </Dialog>
  );
}
