package io.anyserve.worker.answer;

/** Reads calls behind what began them, character by character. */
sealed interface CallReader permits JsonCallReader, QwenCoderReader, MistralReader {

  /** What a character was to a reader. */
  enum Verdict {
    /** A part of a call, or of what is around it. */
    TAKEN,
    /** The last part. */
    LAST,
    /** No part: what came since the last complete call is no call. */
    REFUSED
  }

  Verdict push(char next);

  /** A special token instead of a character. */
  Verdict special(String mark);
}
