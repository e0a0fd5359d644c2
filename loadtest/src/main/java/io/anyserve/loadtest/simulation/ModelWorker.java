package io.anyserve.loadtest.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A worker: polls while slots are free, runs what it acquired and writes tokens. As the real one it
 * waits a little for room for all records of a poll, then polls for a single slot; and a poll may
 * bring more than fit, which then wait here.
 */
final class ModelWorker {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** {@code ShareConsumerLoop.ROOM_FOR_ALL}. */
  private static final long ROOM_FOR_ALL = 50 * NANOS_PER_MILLI;

  /** {@code ShareConsumerLoop.CLAIM_AFTER}. */
  private static final long CLAIM_AFTER = 2 * NANOS_PER_MILLI;

  /** A later attempt reads back what the earlier one wrote. */
  private static final long READ_BACK = 5 * NANOS_PER_MILLI;

  /** {@code ShareConsumerConfig.of}. */
  private static final int FEW = 4;

  private static final int SLOTS_PER_RECORD = 4;
  private static final int SLOTS_PER_RECORD_OF_MANY = 32;

  private final EventQueue time;
  private final ClusterModel.Workers settings;
  private final long hop;
  private final TokenWriters tokens;
  private final List<ModelRequestPartition> partitions;
  private final int recordsOfPoll;
  private final Deque<ModelSequence> waiting = new ArrayDeque<>();
  private final List<ModelSequence> running = new ArrayList<>();
  private @Nullable WorkerPoll poll;
  private boolean alive = true;

  /** From an answered poll until all that it brought has begun. */
  private boolean beginning;

  private long roomSince;
  private long lookAt;
  private long stepAt = ModelSequence.NOT_DUE;
  private long newPromptTokens;
  private long busySince;
  private double slotNanos;

  ModelWorker(
      EventQueue time,
      ClusterModel model,
      TokenWriters tokens,
      List<ModelRequestPartition> partitions) {
    this.time = time;
    this.settings = model.workers();
    this.hop = model.times().hop().toNanos();
    this.tokens = tokens;
    this.partitions = List.copyOf(partitions);
    int few = Math.clamp(settings.slots() / SLOTS_PER_RECORD, 1, FEW);
    this.recordsOfPoll = Math.max(few, settings.slots() / SLOTS_PER_RECORD_OF_MANY);
  }

  /** Polls where there is room. */
  void look() {
    if (!alive || poll != null || beginning) {
      return;
    }
    int free = settings.slots() - running.size() - waiting.size();
    long now = time.nanos();
    if (free >= recordsOfPoll || (free > 0 && now >= roomSince + ROOM_FOR_ALL)) {
      WorkerPoll next = new WorkerPoll(recordsOfPoll, this::answered);
      poll = next;
      time.after(hop, () -> partitions.forEach(partition -> ask(partition, next)));
    } else if (free > 0 && lookAt <= now) {
      lookAt = roomSince + ROOM_FOR_ALL;
      time.at(lookAt, this::look);
    }
  }

  private static void ask(ModelRequestPartition partition, WorkerPoll poll) {
    if (poll.open()) {
      partition.poll(poll);
    }
  }

  private void answered(List<ModelSequence> requests) {
    poll = null;
    beginning = true;
    requests.forEach(request -> request.worker = this);
    time.after(hop, () -> receive(requests));
  }

  private void receive(List<ModelSequence> requests) {
    if (!alive) {
      requests.forEach(tokens::lost);
      return;
    }
    waiting.addAll(requests);
    admit();
    long begun = time.nanos() + (waiting.isEmpty() ? 0 : CLAIM_AFTER) + 2 * hop;
    boolean room = settings.slots() - running.size() - waiting.size() >= recordsOfPoll;
    time.at(begun + (room ? 0 : 2 * hop), this::begun);
    schedule();
  }

  private void begun() {
    beginning = false;
    roomSince = time.nanos();
    look();
  }

  private void admit() {
    while (running.size() < settings.slots() && !waiting.isEmpty()) {
      ModelSequence next = waiting.remove();
      if (!next.ended) {
        count();
        running.add(next);
        tokens.started(next);
        long readBack = ++next.attempt > 1 ? READ_BACK : 0;
        switch (settings.steps()) {
          case StepTimes.Paced paced -> next.dueAt = time.nanos() + readBack + paced.prefill();
          case StepTimes.Batched _ -> newPromptTokens += next.promptTokens;
        }
      }
    }
  }

  /** Plans the next step of the engine. */
  private void schedule() {
    long next = ModelSequence.NOT_DUE;
    for (ModelSequence sequence : running) {
      next = Math.min(next, sequence.dueAt);
    }
    if (next == ModelSequence.NOT_DUE
        && !running.isEmpty()
        && settings.steps() instanceof StepTimes.Batched batched) {
      next =
          time.nanos()
              + settings.coarseness() * batched.step(running.size(), 0)
              + batched.step(0, newPromptTokens)
              - batched.step(0, 0);
      newPromptTokens = 0;
      for (ModelSequence sequence : running) {
        sequence.dueAt = next;
      }
    }
    if (next < stepAt) {
      stepAt = next;
      time.at(next, this::step);
    }
  }

  private void step() {
    long now = time.nanos();
    if (!alive || now < stepAt) {
      return;
    }
    stepAt = ModelSequence.NOT_DUE;
    count();
    int kept = 0;
    for (ModelSequence sequence : running) {
      if (sequence.dueAt > now || !write(sequence)) {
        running.set(kept++, sequence);
      }
    }
    running.subList(kept, running.size()).clear();
    tokens.flush();
    admit();
    schedule();
    look();
  }

  /** True when the answer is over. */
  private boolean write(ModelSequence sequence) {
    int count = Math.min(settings.coarseness(), sequence.answerTokens - sequence.position);
    sequence.position += count;
    sequence.dueAt =
        switch (settings.steps()) {
          case StepTimes.Paced paced -> sequence.dueAt + count * paced.interval();
          case StepTimes.Batched _ -> ModelSequence.NOT_DUE;
        };
    tokens.gather(sequence, count);
    return sequence.written();
  }

  /** The caller has gone: the next step leaves it out. */
  void cancel(ModelSequence sequence) {
    count();
    if (running.remove(sequence) || waiting.remove(sequence)) {
      admit();
      schedule();
      look();
    }
  }

  /** What it had is lost until it is published again. */
  void die() {
    count();
    alive = false;
    if (poll != null) {
      poll.close();
      poll = null;
    }
    running.forEach(tokens::lost);
    waiting.forEach(tokens::lost);
    running.clear();
    waiting.clear();
  }

  void revive() {
    alive = true;
    beginning = false;
    stepAt = ModelSequence.NOT_DUE;
    newPromptTokens = 0;
    roomSince = time.nanos();
    busySince = time.nanos();
    look();
  }

  private void count() {
    slotNanos += (double) running.size() * (time.nanos() - busySince);
    busySince = time.nanos();
  }

  /** Nanoseconds for which slots were in use, since the last call. */
  double takeSlotNanos() {
    count();
    double taken = slotNanos;
    slotNanos = 0;
    return taken;
  }

  int running() {
    return running.size();
  }

  int waiting() {
    return waiting.size();
  }
}
