/** The lines of the relay that is killed, by the shipped map's numbers. */
export const chipLabel = 'pinctrl-bcm2711';
export const offsets = { grant: 17, release: 27 } as const;
