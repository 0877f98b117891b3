/** A dialog that is mounted to open and unmounted to close; what had the focus before has it again afterwards. */
import { Modal, type ModalProps } from '@mantine/core';
import { useFocusBack } from '@/components/useFocusBack';

export function Dialog(props: Omit<ModalProps, 'opened'>) {
  useFocusBack();
  return <Modal opened {...props} />;
}
