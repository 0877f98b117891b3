/** The parts of the live board that can be looked at alone, after all of it. */
export const SECTIONS = ['all', 'queues', 'agents'] as const;
