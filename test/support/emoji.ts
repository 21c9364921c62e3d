const PICTOGRAPH = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}?[\ufe0e\ufe0f]?`;

/** Emoji with the joiners and selectors inside them, also combinations that Unicode does not recommend. */
export const EMOJI = new RegExp(`(?:\\p{RGI_Emoji}|${PICTOGRAPH})(?:\\u200d${PICTOGRAPH})*`, 'gv');
