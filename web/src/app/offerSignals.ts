/** A beep, a notification and a flashing title for a new offer. */
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Offer } from '@/api/types';
import { displayName } from '@/components/names';
import { readPreferences } from '@/components/preferences';

let audio: AudioContext | null = null;

function beep(): void {
  try {
    audio ??= new AudioContext();
    const start = audio.currentTime;
    for (const [offset, frequency] of [
      [0, 660],
      [0.14, 880],
    ] as const) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.0001, start + offset);
      volume.gain.exponentialRampToValueAtTime(0.12, start + offset + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + offset + 0.13);
      tone.connect(volume).connect(audio.destination);
      tone.start(start + offset);
      tone.stop(start + offset + 0.14);
    }
  } catch {
    // Without sound the card, the title and the notification remain.
  }
}

/** Two tabs would both beep: the first to note the offer does. */
function firstTab(offerId: string): boolean {
  const key = 'careloom.offer.signalled';
  if (localStorage.getItem(key) === offerId) return false;
  localStorage.setItem(key, offerId);
  return true;
}

export function useOfferSignals(offers: readonly Offer[]): void {
  const { t } = useTranslation();
  const known = useRef(new Set<string>());
  const newest = offers[offers.length - 1];

  useEffect(() => {
    if (!newest || known.current.has(newest.id)) return;
    known.current.add(newest.id);
    const { sound, notifications } = readPreferences();
    if (!firstTab(newest.id)) return;
    if (sound) beep();
    if (
      notifications &&
      document.hidden &&
      'Notification' in window &&
      Notification.permission === 'granted'
    ) {
      const notification = new Notification(
        t('offer.title', { name: displayName(newest.customer_name) }),
        {
          body: newest.preview,
          tag: newest.id,
        },
      );
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
    }
  }, [newest, t]);

  const waiting = newest && displayName(newest.customer_name);
  useEffect(() => {
    if (!waiting) return undefined;
    const before = document.title;
    let on = false;
    const timer = window.setInterval(() => {
      on = !on;
      document.title = on ? t('offer.title', { name: waiting }) : before;
    }, 1000);
    return () => {
      window.clearInterval(timer);
      document.title = before;
    };
  }, [waiting, t]);
}
