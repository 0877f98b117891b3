/** Decides what stands at the foot of the panel and what the notice line says. */

import type { Session } from '../session';
import type { Texts } from '../texts/types';

export type Foot = 'composer' | 'introduce' | 'offline' | 'over' | 'nothing';

export interface FootFacts {
  online: boolean;
  requireEmail: boolean;
  emailKnown: boolean;
  /** The page's token has not been looked at yet; it may bring the e-mail address. */
  identifying: boolean;
  /** Nothing has been said in this conversation. */
  empty: boolean;
  left: boolean;
  refused: boolean;
}

export function foot(facts: FootFacts): Foot {
  if (facts.refused) return 'nothing';
  if (facts.left) return 'over';
  if (!facts.empty) return 'composer';
  if (!facts.online) return 'offline';
  if (facts.requireEmail && !facts.emailKnown) return facts.identifying ? 'nothing' : 'introduce';
  return 'composer';
}

/** What the visitor has to know about the connection; `away` is said when there is nothing worse. */
export function notice(session: Session, texts: Texts, away: string): string {
  if (session.connectionState === 'refused') return texts.blocked;
  if (!navigator.onLine) return texts.noNetwork;
  if (session.isLate) return texts.connecting;
  if (session.isPaused) return texts.tooFast;
  return away;
}
