package io.anyserve.standalone.simulation;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One accepted request and the answer that an undisturbed worker would give. Engines are
 * deterministic: chunk k holds the same tokens whoever writes it.
 *
 * @param chunkSizes tokens of each chunk
 * @param poison whoever runs it dies before its last chunk
 * @param deadline milliseconds since the epoch
 */
record Order(
    RequestId id,
    RequestContext context,
    int promptTokens,
    List<Integer> chunkSizes,
    boolean poison,
    long deadline) {

  static final Capability CAPABILITY = new Capability("story");

  private static final int LONGEST = 6;
  private static final int SOON = 400;
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * @param poison of a hundred are poisonous
   */
  static Order drawn(RequestId id, int poison, Dice dice, InstantSource clock) {
    List<Integer> sizes =
        IntStream.range(0, 1 + dice.below(LONGEST)).mapToObj(_ -> 1 + dice.below(3)).toList();
    return new Order(
        id,
        context(clock, dice.percent(50)),
        1 + dice.below(9),
        sizes,
        dice.percent(poison),
        dice.percent(15) ? clock.millis() + dice.below(SOON) : NEVER);
  }

  private static RequestContext context(InstantSource clock, boolean asynchronous) {
    return new RequestContext(
        new TenantId("acme"),
        new SessionId("s"),
        "",
        CAPABILITY,
        Map.of(),
        clock.instant(),
        asynchronous);
  }

  int chunks() {
    return chunkSizes.size();
  }

  Chunk chunk(int index) {
    int first = tokensBefore(index);
    int[] ids = IntStream.range(first, first + chunkSizes.get(index)).toArray();
    return new Chunk(index, TokenIds.of(ids), text(index, index + 1), Optional.empty());
  }

  int tokensBefore(int chunk) {
    return chunkSizes.stream().limit(chunk).mapToInt(Integer::intValue).sum();
  }

  /** Of the chunks from one on, up to but without the other. */
  String text(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int token = tokensBefore(from); token < tokensBefore(to); token++) {
      text.append('w').append(token * 31 % 17).append(' ');
    }
    return text.toString();
  }
}
