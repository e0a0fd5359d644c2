package io.anyserve.worker.torch;

import ai.djl.engine.EngineException;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.worker.engine.CacheUse;
import io.anyserve.worker.engine.NoRoomException;
import io.anyserve.worker.torch.Decoder.Row;
import io.anyserve.worker.torch.cache.CacheSlots;
import io.anyserve.worker.torch.cache.KvCacheConfig;
import io.anyserve.worker.torch.cache.SlotPrefixes;
import io.anyserve.worker.torch.speculation.GuessRecord;
import io.anyserve.worker.torch.speculation.Speculation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Moves several generations on at once, one token each per step.
 *
 * <p>Generations join and leave between any two steps. A new one is read in part by part (its
 * prompt, and what it had answered elsewhere), and a step reads a bounded number of tokens, so that
 * a long prompt does not keep the others waiting. What a slot holds of the same tenant's earlier
 * prompt is copied instead of read. A guess of how a sequence goes on may be verified in the same
 * step; as a token depends on its sequence and its position alone, answers are the same with and
 * without guesses. Owned by the engine thread.
 */
final class GenerationBatch {

  /** Parts of prompts that a step reads where nobody waits for its next token. */
  private static final int PARTS_AT_ONCE = 4;

  private final Decoder decoder;
  private final int partLength;
  private final Speculation speculation;
  private final CacheSlots slots;
  private final Deque<GenerationBatch.Slot> joining = new ArrayDeque<>();
  private final Map<Integer, GenerationBatch.Slot> decoding = new TreeMap<>();

  private record Slot(
      long executionId,
      int slot,
      Generation generation,
      ChunkedPrefill reading,
      GuessRecord guesses) {

    /** For its next token, and for those behind each token of a guess. */
    List<Row> rows(int[] guess) {
      int position = generation.length() - 1;
      List<Row> rows = new ArrayList<>(1 + guess.length);
      rows.add(new Row(slot, position, generation.last(), generation.choice()));
      for (int token : guess) {
        rows.add(new Row(slot, ++position, token, generation.choice()));
      }
      return rows;
    }
  }

  /** Hears what a step brought; may remove executions. */
  interface Listener {

    /** A new token of an execution, or its end. */
    void piece(long executionId, int token, Generation.Piece piece);

    /** So many tokens of an execution were guessed, and so many of them were right. */
    void guessed(int tokens, int right);

    /** The execution is out of the batch because of what is in its prompt. */
    void failed(long executionId, Failure reason);

    /** The execution is out of the batch because libtorch refused its call. */
    void failed(long executionId, EngineException reason);
  }

  /**
   * A batch of as many generations as the decoder has slots.
   *
   * @param partLength tokens that a step reads in beside decoding, about; also where prompts are
   *     cut
   */
  GenerationBatch(Decoder decoder, int partLength, Speculation speculation) {
    this.decoder = decoder;
    this.speculation = speculation;
    this.partLength = partLength;
    KvCacheConfig cache = decoder.cache();
    this.slots = new CacheSlots(cache.slots(), cache.slotLength(), partLength, decoder.pages());
  }

  boolean full() {
    return slots.full();
  }

  boolean idle() {
    return slots.isEmpty();
  }

  CacheUse cacheUse() {
    return slots.use();
  }

  /**
   * Gives the generation a slot until it ends or is removed.
   *
   * @return how many tokens of its prompt need not be read
   * @throws NoRoomException when others have to leave first
   */
  int add(long executionId, TenantId tenant, Generation generation) {
    if (full()) {
      throw new IllegalStateException("slots: all in use (expected: a free one)");
    }
    int[] prompt = generation.tokens(0, generation.promptLength());
    SlotPrefixes.Placement place =
        slots.take(tenant, prompt, generation.length()).orElseThrow(NoRoomException::new);
    int slot = place.slot();
    if (place.source() != slot) {
      decoder.copy(place.source(), slot, place.length());
    }
    var reading = new ChunkedPrefill(decoder, slot, generation, place.length());
    joining.add(
        new GenerationBatch.Slot(executionId, slot, generation, reading, new GuessRecord()));
    return place.length();
  }

  /** Frees the slot of an execution; unknown executions are ignored. */
  void remove(long executionId) {
    Stream.concat(joining.stream(), decoding.values().stream())
        .filter(sequence -> sequence.executionId == executionId)
        .toList()
        .forEach(this::leave);
  }

  /** Whether all can go on; each gets memory for its next token where there is some. */
  boolean hasRoom() {
    return decoding.values().stream().filter(this::grown).count() == decoding.size();
  }

  private boolean grown(GenerationBatch.Slot sequence) {
    return slots.grow(sequence.slot, sequence.generation.length());
  }

  /** Reads in some of those that join, and decodes one token of all others that have room. */
  void step(Listener listener) {
    List<GenerationBatch.Slot> before = List.copyOf(decoding.values());
    int most = before.isEmpty() ? PARTS_AT_ONCE * partLength : partLength;
    int read = 0;
    for (var next = toRead(); read < most && next != null; next = toRead()) {
      read += read(next, listener);
    }
    List<GenerationBatch.Slot> staying =
        before.stream().filter(this::present).filter(this::grown).toList();
    if (!staying.isEmpty()) {
      decode(staying, listener);
    }
  }

  /** The first one that joins and whose images have been decoded; any where nobody decodes. */
  private GenerationBatch.@Nullable Slot toRead() {
    for (GenerationBatch.Slot sequence : joining) {
      if (sequence.generation.ready()) {
        return sequence;
      }
    }
    return decoding.isEmpty() ? joining.peek() : null;
  }

  /** The next part of one that joins; returns its length. */
  private int read(GenerationBatch.Slot sequence, Listener listener) {
    try {
      int length = sequence.reading.next(partLength);
      slots.written(sequence.slot, sequence.reading.position());
      if (sequence.reading.done()) {
        joining.remove(sequence);
        decoding.put(sequence.slot, sequence);
        sequence.reading.token().ifPresent(token -> accept(sequence, token, listener));
      }
      return length;
    } catch (EngineException e) {
      fail(sequence, e, listener);
      return 0;
    } catch (FailureException e) {
      leave(sequence);
      slots.forget(sequence.slot);
      listener.failed(sequence.executionId, e.failure());
      return 0;
    }
  }

  private void decode(List<GenerationBatch.Slot> sequences, Listener listener) {
    List<int[]> guesses = guesses(sequences);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      rows.addAll(sequences.get(i).rows(guesses.get(i)));
    }
    try {
      long start = speculation.now();
      List<NextToken> tokens = decoder.decode(rows);
      speculation.measured(rows.size(), start);
      int next = 0;
      for (int i = 0; i < sequences.size(); i++) {
        int end = next + 1 + guesses.get(i).length;
        accept(sequences.get(i), guesses.get(i), tokens.subList(next, end), listener);
        next = end;
      }
    } catch (EngineException e) {
      decodeOneByOne(sequences.stream().filter(this::present).toList(), e, listener);
    }
  }

  /** Finds out for which of them libtorch refused the call; the others go on. */
  private void decodeOneByOne(
      List<GenerationBatch.Slot> sequences, EngineException reason, Listener listener) {
    if (sequences.size() == 1) {
      fail(sequences.getFirst(), reason, listener);
    } else {
      sequences.forEach(sequence -> decode(List.of(sequence), listener));
    }
  }

  private List<int[]> guesses(List<GenerationBatch.Slot> sequences) {
    List<int[]> guesses =
        sequences.stream()
            .map(sequence -> inRoom(sequence, sequence.generation.guess(speculation.longest())))
            .toList();
    List<Speculation.Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < guesses.size(); i++) {
      candidates.add(new Speculation.Candidate(guesses.get(i).length, sequences.get(i).guesses));
    }
    int longest = speculation.choose(candidates);
    return guesses.stream()
        .map(guess -> Arrays.copyOf(guess, Math.min(guess.length, longest)))
        .toList();
  }

  /** As much of a guess as the slot has memory for. */
  private int[] inRoom(GenerationBatch.Slot sequence, int[] guess) {
    int length = sequence.generation.length();
    return Arrays.copyOf(guess, slots.room(sequence.slot, length + guess.length) - length);
  }

  /** Up to the first token that was not guessed; what the cache holds behind it is written over. */
  private void accept(
      GenerationBatch.Slot sequence, int[] guess, List<NextToken> tokens, Listener listener) {
    int right = 0;
    accept(sequence, tokens.getFirst(), listener);
    while (right < guess.length && tokens.get(right).id() == guess[right] && present(sequence)) {
      accept(sequence, tokens.get(++right), listener);
    }
    if (guess.length > 0) {
      sequence.guesses.add(guess.length, right);
      listener.guessed(guess.length, right);
    }
  }

  private void accept(GenerationBatch.Slot sequence, NextToken token, Listener listener) {
    if (!present(sequence)) {
      return;
    }
    Generation.Piece piece = sequence.generation.accept(token);
    if (piece.finish() != null) {
      leave(sequence);
    }
    listener.piece(sequence.executionId, token.id(), piece);
  }

  private void fail(GenerationBatch.Slot sequence, EngineException reason, Listener listener) {
    leave(sequence);
    slots.forget(sequence.slot);
    listener.failed(sequence.executionId, reason);
  }

  private void leave(GenerationBatch.Slot sequence) {
    joining.remove(sequence);
    decoding.remove(sequence.slot, sequence);
    slots.leave(sequence.slot);
  }

  /** The listener may have removed it during the step. */
  private boolean present(GenerationBatch.Slot sequence) {
    return sequence.equals(decoding.get(sequence.slot));
  }
}
