package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.TokenEvent.Chunk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the readers of one request's stream tell their callers. The first to deliver something says
 * what it is; whoever delivers something else, or anything behind the end, breaks the agreement.
 */
final class Agreement {

  private final Order order;
  private final List<Chunk> chunks = new ArrayList<>();
  private @Nullable Ending ending;
  private int endedAfter;

  Agreement(Order order) {
    this.order = order;
  }

  void chunk(String reader, int index, Chunk chunk) {
    if (ending != null && index >= endedAfter) {
      throw broken(reader, "chunk " + index, "the end after " + endedAfter);
    }
    if (index == chunks.size()) {
      chunks.add(chunk);
    } else if (index > chunks.size() || !chunks.get(index).equals(chunk)) {
      throw broken(reader, chunk + " at " + index, chunks.toString());
    }
  }

  /**
   * @param after how many chunks
   */
  void end(String reader, int after, Ending heard) {
    if (ending == null && after == chunks.size()) {
      ending = heard;
      endedAfter = after;
    } else if (after != chunks.size() || !heard.equals(ending)) {
      throw broken(
          reader, heard + " after " + after, ending + " after " + chunks.size() + " chunks");
    }
  }

  private RuleViolation broken(String reader, String found, String expected) {
    return new RuleViolation(
        "%s of %s delivers %s (expected: %s)".formatted(reader, order.id(), found, expected));
  }

  @Nullable Ending ending() {
    return ending;
  }

  int delivered() {
    return chunks.size();
  }

  long tokens() {
    return chunks.stream().mapToLong(chunk -> chunk.tokens().size()).sum();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    chunks.forEach(chunk -> text.append(chunk.text()));
    return text.toString();
  }
}
