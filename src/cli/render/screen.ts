import {
  cursorHide,
  cursorShow,
  cursorTo,
  enterAlternativeScreen,
  eraseDown,
  eraseEndLine,
  eraseScreen,
  exitAlternativeScreen,
} from 'ansi-escapes';
import type { TerminalScreen } from '../io.ts';
import { wrap } from './wrap.ts';

/** One screen that is drawn again and again, beside what stands on the terminal. */
export interface LiveScreen {
  /** Where there are more lines than rows, the body's last ones give way; the footer is always seen. */
  show(body: string, footer: string): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

export function openScreen({ write, size }: TerminalScreen): LiveScreen {
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    process.off('exit', close);
    write(cursorShow + exitAlternativeScreen);
  };
  // Also where the program is left at once.
  process.on('exit', close);
  write(enterAlternativeScreen + cursorHide + eraseScreen);
  return {
    show: (body, footer) => {
      if (!open) return;
      const { columns, rows } = size();
      const below = wrap(footer, columns).split('\n');
      const above = wrap(body, columns)
        .split('\n')
        .slice(0, Math.max(0, rows - below.length - 1));
      const lines = [...above, '', ...below].map((line) => line + eraseEndLine);
      write(cursorTo(0, 0) + lines.join('\r\n') + eraseDown);
    },
    close,
  };
}
