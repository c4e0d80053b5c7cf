/** Drawn here, so that nothing is fetched. The text beside them says what they mean. */
import type { JSX } from "preact";

function Icon({ path }: { path: string }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"
        stroke-linejoin="round" />
    </svg>
  );
}

export function SpeechIcon(): JSX.Element {
  return <Icon path="M4 4h16v12H10l-5 4v-4H4zM8 8.5h8M8 12h5" />;
}

export function CloseIcon(): JSX.Element {
  return <Icon path="M6 6l12 12M18 6L6 18" />;
}

export function SendIcon(): JSX.Element {
  return <Icon path="M4 12h15M13 5l7 7-7 7" />;
}
