package io.anyserve.worker.torch;

import ai.djl.engine.EngineException;
import io.anyserve.contracts.Sampling;
import io.anyserve.worker.torch.Decoder.Row;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Moves several generations on at once, one token each per step.
 *
 * <p>Generations join and leave between any two steps. A new one is read in (its prompt, and what
 * it had answered elsewhere) in a step after it was added; a step reads in at most one, so that the
 * others wait for one prompt at most. Owned by the engine thread.
 */
final class GenerationBatch {

  private final Decoder decoder;
  private final BitSet occupied = new BitSet();
  private final Deque<Member> waiting = new ArrayDeque<>();
  private final Map<Integer, Member> active = new TreeMap<>();

  private record Member(long run, int slot, Generation generation) {

    Row row() {
      int position = generation.length() - 1;
      return new Row(slot, position, generation.last(), generation.parameters().sampling());
    }
  }

  /** Hears what a step brought; may remove runs. */
  interface Listener {

    /** A new token of a run, or its end. */
    void piece(long run, int token, Generation.Piece piece);

    /** The run is out of the batch because libtorch refused its call. */
    void failed(long run, EngineException reason);
  }

  GenerationBatch(Decoder decoder) {
    this.decoder = decoder;
  }

  boolean full() {
    return occupied.cardinality() >= decoder.cache().slots();
  }

  boolean idle() {
    return occupied.isEmpty();
  }

  /** Gives the generation a slot until it ends or is removed. */
  void add(long run, Generation generation) {
    if (full()) {
      throw new IllegalStateException("slots: all in use (expected: a free one)");
    }
    int slot = occupied.nextClearBit(0);
    occupied.set(slot);
    waiting.add(new Member(run, slot, generation));
  }

  /** Frees the slot of a run; unknown runs are ignored. */
  void remove(long run) {
    Stream.concat(waiting.stream(), active.values().stream())
        .filter(member -> member.run == run)
        .toList()
        .forEach(this::leave);
  }

  void step(Listener listener) {
    List<Member> decoding = List.copyOf(active.values());
    Member joining = waiting.poll();
    if (joining != null) {
      join(joining, listener);
    }
    List<Member> staying = decoding.stream().filter(this::present).toList();
    if (!staying.isEmpty()) {
      decode(staying, listener);
    }
  }

  private void join(Member member, Listener listener) {
    active.put(member.slot, member);
    try {
      if (member.generation.answered()) {
        readBack(member);
      } else {
        readIn(member, listener);
      }
    } catch (EngineException e) {
      fail(member, e, listener);
    }
  }

  private void readIn(Member member, Listener listener) {
    Sampling sampling = member.generation.parameters().sampling();
    int token = decoder.prefill(member.slot, member.generation.prompt(), sampling);
    accept(member, token, listener);
  }

  /**
   * All but the last token of the answer: that one is fed by the next step, as it would have been.
   */
  private void readBack(Member member) {
    decoder.fill(member.slot, member.generation.prompt());
    int[] tokens = member.generation.answerButLast();
    if (tokens.length > 0) {
      decoder.replay(member.slot, member.generation.promptLength(), tokens);
    }
  }

  private void decode(List<Member> members, Listener listener) {
    try {
      int[] tokens = decoder.decode(members.stream().map(Member::row).toList());
      for (int i = 0; i < tokens.length; i++) {
        accept(members.get(i), tokens[i], listener);
      }
    } catch (EngineException e) {
      members.stream().filter(this::present).forEach(member -> fail(member, e, listener));
    }
  }

  private void accept(Member member, int token, Listener listener) {
    if (!present(member)) {
      return;
    }
    Generation.Piece piece = member.generation.accept(token);
    if (piece.finish() != null) {
      leave(member);
    }
    listener.piece(member.run, token, piece);
  }

  private void fail(Member member, EngineException reason, Listener listener) {
    leave(member);
    listener.failed(member.run, reason);
  }

  private void leave(Member member) {
    waiting.remove(member);
    active.remove(member.slot, member);
    occupied.clear(member.slot);
  }

  /** The listener may have removed it during the step. */
  private boolean present(Member member) {
    return member.equals(active.get(member.slot));
  }
}
