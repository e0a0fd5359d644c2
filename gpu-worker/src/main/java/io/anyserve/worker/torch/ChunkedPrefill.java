package io.anyserve.worker.torch;

import java.util.Optional;

/**
 * Brings the cache of a slot to where a generation stands: its prompt, then what it had answered
 * elsewhere.
 *
 * <p>Parts of the prompt always end at the same places, and the answer is read by the arithmetic of
 * decoding, so that the cache holds the same bits as where the answer began. Owned by the engine
 * thread.
 */
final class ChunkedPrefill {

  private final Decoder decoder;
  private final int slot;
  private final Generation generation;
  private final int end;

  private int position;
  private Optional<NextToken> token = Optional.empty();

  /**
   * @param position how much of the prompt the slot holds already
   */
  ChunkedPrefill(Decoder decoder, int slot, Generation generation, int position) {
    this.decoder = decoder;
    this.slot = slot;
    this.generation = generation;
    this.position = position;
    this.end = generation.answered() ? generation.length() - 1 : generation.promptLength();
  }

  /** Tokens of the generation that the slot holds. */
  int position() {
    return position;
  }

  boolean done() {
    return position == end;
  }

  /** The first token of the answer, when the prompt is read and none was given before. */
  Optional<NextToken> token() {
    return token;
  }

  /** Reads a part of at most that length and returns how long it was. */
  int next(int partLength) {
    int start = position;
    int promptLength = generation.promptLength();
    int stop = start < promptLength ? promptLength : end;
    position = Math.min(stop, start + partLength);
    if (start >= promptLength) {
      decoder.replay(slot, start, generation.tokens(start, position));
    } else {
      read(start, generation.part(start, position));
    }
    return position - start;
  }

  private void read(int start, PromptPart part) {
    if (position == generation.promptLength() && !generation.answered()) {
      token = Optional.of(decoder.prefill(slot, start, part, generation.choice()));
    } else {
      decoder.fill(slot, start, part);
    }
    if (position == generation.promptLength()) {
      generation.promptRead();
    }
  }
}
