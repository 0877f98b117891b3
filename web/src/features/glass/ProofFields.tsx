/** By what one shows anew who one is: a field for what is typed, words for the rest. */
import { PasswordInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ProofKind } from '@/api/glass';

export function ProofFields({
  proofs,
  word,
  onWord,
}: {
  proofs: readonly ProofKind[];
  word: string;
  onWord: (word: string) => void;
}) {
  const { t } = useTranslation('glass');
  const code = proofs.includes('code');
  return (
    <>
      {code && (
        <TextInput
          label={t('proof.code')}
          autoComplete="one-time-code"
          maxLength={40}
          value={word}
          onChange={(event) => onWord(event.currentTarget.value)}
        />
      )}
      {proofs.includes('password') && (
        <PasswordInput
          label={t('proof.password')}
          autoComplete="current-password"
          maxLength={200}
          value={word}
          onChange={(event) => onWord(event.currentTarget.value)}
        />
      )}
      {proofs.includes('passkey') && <p>{t(code ? 'proof.orPasskey' : 'proof.passkey')}</p>}
      {proofs.includes('sign_in') && <p>{t('proof.signIn')}</p>}
      {proofs.length === 0 && <p role="alert">{t('proof.noPasskey')}</p>}
    </>
  );
}
