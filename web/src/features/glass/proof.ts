/** What is sent to show who one is: what was typed, else what the passkey signs. */
import { signedProof, type NewGlass, type ProofKind } from '@/api/glass';

export async function proofBy(
  proofs: readonly ProofKind[],
  word: string,
): Promise<NewGlass['proof']> {
  const typed = word.trim();
  if (typed && proofs.includes('code')) return { code: typed };
  if (typed && proofs.includes('password')) return { password: word };
  return proofs.includes('passkey') ? { credential: await signedProof() } : {};
}
