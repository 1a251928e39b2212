/**
 * What can be asked of a process while a session of the live tier is open: Python runs in it, on a thread
 * of the agent's own, with a deadline for each question. `openLive` of src/usecases gives one.
 */
export interface LiveTarget {
  /** Runs an expression or a statement in a frame. */
  evaluate(question: Question, signal?: AbortSignal): Promise<LiveAnswer<Evaluated>>;
  /** What `source` is: its type, where that is defined, the signature of a callable. */
  describe(question: Question, signal?: AbortSignal): Promise<LiveAnswer<Described>>;
  /**
   * The attributes of what a dotted name ("order.customer") stands for, or, of an empty one, the names that the
   * frame sees. Runs no property, no `__getattr__`, no `__dir__`.
   */
  complete(frame: FrameReference | null, dotted: string, signal?: AbortSignal): Promise<LiveAnswer<string[]>>;
  /** The repr() of the variables of frames, each under a budget of time and size. */
  variables(request: VariablesRequest, signal?: AbortSignal): Promise<LiveAnswer<FrameVariables[]>>;
  /** Ends the session: the agent's thread ends and its descriptors are closed. Never fails. */
  close(): Promise<void>;
}

/** A frame as a snapshot knows it. It is found again by its place on its thread's stack. */
export interface FrameReference {
  /** threading.get_ident() of its thread. */
  readonly ident: number;
  /** 0 is the outermost frame: the number of frames that are further out. */
  readonly depth: number;
  readonly function: string;
  readonly file: string;
  /** The line that it was at. */
  readonly line: number | null;
  /** The lines that the frames further out were at, the nearest first: of so many that it is known for the same call. */
  readonly callers: readonly (number | null)[];
}

export interface Question {
  /** null: in `__main__`. */
  readonly frame: FrameReference | null;
  readonly source: string;
  /** An expression has a value; a statement may change the variables of the frame. */
  readonly mode: 'expression' | 'statement';
  /** pprint.pformat instead of repr. */
  readonly pretty?: boolean;
  /** The longest text of the value, in characters. Default 10,000. */
  readonly maxLength?: number;
  /** Milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
}

/** How a question ended. */
export type LiveAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** The frame is no longer there. `reason` is a sentence. */
  | { readonly kind: 'gone'; readonly reason: string }
  /** The GIL did not come before the deadline, and is no longer waited for. */
  | { readonly kind: 'noGil' }
  /** It ran longer than it may, or was cancelled, and was ended by an exception. */
  | { readonly kind: 'interrupted'; readonly by: 'deadline' | 'signal' }
  /** As above, but it is in a call that no exception reaches; the thread ends when that call returns. */
  | { readonly kind: 'stuck'; readonly tid: number; readonly by: 'deadline' | 'signal' }
  /** The session is over: the process ended, replaced its program, or finalizes its interpreter. */
  | { readonly kind: 'over'; readonly reason: string };

export interface Evaluated {
  /** null for a statement, and for an exception. */
  readonly value: LiveValue | null;
  /** What the source raised; it was caught. */
  readonly exception: { readonly type: string; readonly message: string; readonly traceback: string } | null;
  /** Where the frame is now; null in `__main__`. */
  readonly line: number | null;
  /** The frame has moved on since the snapshot. */
  readonly moved: boolean;
}

export interface LiveValue {
  readonly text: string;
  readonly type: string;
  /** "repr": the target's own code made the text. "raw": it could not, for `reason`; the text is the type and address. */
  readonly how: 'repr' | 'raw';
  /** "repr timed out", "repr raised ValueError: ..." */
  readonly reason?: string;
  /** How long the whole text is, where it was cut. Characters. */
  readonly total?: number;
}

export interface Described {
  readonly type: string;
  /** The module that defines the type. */
  readonly module: string | null;
  /** "file:line" of a class, function or method written in Python. */
  readonly where: string | null;
  /** "(a, b=1, *args)" of a callable, where it can be had. */
  readonly signature: string | null;
  /** The first line of its documentation. */
  readonly doc: string | null;
}

export interface VariablesRequest {
  readonly frames: readonly FrameReference[];
  /** The longest time for one value and for all of them; milliseconds. */
  readonly valueMs: number;
  readonly totalMs: number;
  /** The longest text of one value and of all of them; characters. */
  readonly maxLength: number;
  readonly totalLength: number;
}

/** The variables of one frame of the request, in its order. */
export type FrameVariables =
  | { readonly kind: 'variables'; readonly values: Readonly<Record<string, LiveValue>> }
  /** The frame is gone or has moved on: `reason` is a phrase. */
  | { readonly kind: 'moved'; readonly reason: string };
