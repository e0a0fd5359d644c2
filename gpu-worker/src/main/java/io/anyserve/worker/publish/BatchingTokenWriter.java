package io.anyserve.worker.publish;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gathers what a step of an engine brings to many streams: the chunks for a partition go into one
 * record, and the ends of these streams behind it. Everything else goes at once. Owned by the
 * scheduler's thread.
 */
public final class BatchingTokenWriter implements TokenWriter {

  /** More is a record of its own. */
  private static final int LONGEST_TEXT = 4_096;

  private static final int MOST_TOKENS = 1_024;
  private static final int MOST_LOGPROB_BYTES = 64 << 10;

  private final Publisher publisher;
  private final Map<Integer, ChunkBatchBuilder> drafts = new HashMap<>();

  /** By request: two executions of one request, whose chunks must not share a record, may run. */
  private final Map<RequestId, EventStreamWriter> gathered = new HashMap<>();

  private final Set<EventStreamWriter> ended = new HashSet<>();
  private final List<End> ends = new ArrayList<>();

  private record End(EventStreamWriter stream, Terminal event) {}

  public BatchingTokenWriter(Publisher publisher) {
    this.publisher = publisher;
  }

  @Override
  public void write(EventStreamWriter stream, TokenEvent event) {
    if (stream.closed() || ended.contains(stream)) {
      return;
    }
    if (event instanceof Chunk chunk && isShort(chunk) && !stream.uploading()) {
      gather(stream, chunk);
    } else if (!gathers(stream)) {
      publisher.write(stream, event);
    } else if (event instanceof Terminal terminal) {
      ended.add(stream);
      ends.add(new End(stream, terminal));
    } else {
      flush();
      publisher.write(stream, event);
    }
  }

  @Override
  public void release(EventStreamWriter stream, Exception why) {
    if (gathers(stream)) {
      flush();
    }
    publisher.release(stream, why);
  }

  @Override
  public void cede(EventStreamWriter stream) {
    if (gathers(stream)) {
      flush();
    }
    publisher.cede(stream);
  }

  private boolean gathers(EventStreamWriter stream) {
    return gathered.get(stream.request().id()) == stream;
  }

  private static boolean isShort(Chunk chunk) {
    return chunk.payload().isEmpty()
        && chunk.delta().length() <= LONGEST_TEXT
        && chunk.tokens().size() <= MOST_TOKENS
        && PositionLogprobs.size(chunk.logprobs()) <= MOST_LOGPROB_BYTES;
  }

  private void gather(EventStreamWriter stream, Chunk chunk) {
    if (gathered.containsKey(stream.request().id())) {
      flush();
    }
    ChunkBatchBuilder draft = drafts.computeIfAbsent(stream.partition(), ChunkBatchBuilder::new);
    if (draft.isFull()) {
      flush();
    }
    gathered.put(stream.request().id(), stream);
    draft.add(stream, chunk);
  }

  @Override
  public void flush() {
    if (gathered.isEmpty()) {
      return;
    }
    List<End> following = List.copyOf(ends);
    gathered.clear();
    ends.clear();
    ended.clear();
    drafts.values().forEach(draft -> draft.send(publisher));
    following.forEach(this::write);
  }

  private void write(End end) {
    try {
      publisher.write(end.stream(), end.event());
    } catch (RuntimeException | Error e) {
      publisher.release(end.stream(), new IllegalStateException("its end cannot be written", e));
    }
  }
}
