package io.anyserve.chaos.client;

import io.anyserve.chaos.client.TestRequest.Leave;
import io.anyserve.chaos.client.TestRequest.Resumption;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The requests of a run, a function of the seed: request i is the same in every run.
 *
 * @param variety different contents; contents repeat after that many
 * @param large some prompts that are no chats are above 64 KiB, so that they travel through the
 *     object store
 * @param ingresses ingresses to spread over
 */
public record WorkloadGenerator(long seed, int variety, boolean large, int ingresses) {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int SESSIONS = 64;

  private static final int INTAKE_PERCENT = 10;
  private static final int WHOLE_PERCENT = 12;
  private static final int EVENTS_PERCENT = 20;
  private static final int CHAT_PERCENT = 8;
  private static final int KEY_PERCENT = 25;
  private static final int TWICE_PERCENT = 5;
  private static final int CANCEL_PERCENT = 4;
  private static final int HANG_UP_PERCENT = 3;
  private static final int STOP_PERCENT = 15;
  private static final int LARGE_PERCENT = 2;

  /** Every so many callers keep the first resume token only, as clients of before do. */
  private static final int FIRST_TOKEN_EVERY = 4;

  private static final int SHORTEST = 4;
  private static final int LENGTHS = 10;
  private static final int LARGE_BYTES = 70 << 10;
  private static final String FILLER = "and far away ";
  private static final List<String> STOPS = List.of(" river", " stone", " the ", " and ");

  public WorkloadGenerator {
    if (variety < 1) {
      throw new IllegalArgumentException("variety: " + variety + " (expected: >= 1)");
    }
    if (ingresses < 1) {
      throw new IllegalArgumentException("ingresses: " + ingresses + " (expected: >= 1)");
    }
  }

  /** The request with that index. */
  public TestRequest at(int index) {
    var random = new SplittableRandom(seed ^ GOLDEN * (index + 1L));
    TestRequest.Submission way = way(random.nextInt(100));
    int keyed = random.nextInt(100);
    int leaving = random.nextInt(100);
    boolean direct = way != TestRequest.Submission.INTAKE;
    boolean twice = direct && keyed < TWICE_PERCENT;
    return new TestRequest(
        index,
        way,
        "session-" + index % SESSIONS,
        way == TestRequest.Submission.CHAT
            ? content(index % variety, false).asChat()
            : content(index % variety, large),
        direct && keyed < KEY_PERCENT ? Optional.of("key-" + seed + "-" + index) : Optional.empty(),
        twice,
        way.streams() && !twice ? leave(leaving) : Leave.STAYS,
        index % FIRST_TOKEN_EVERY == 0 && way == TestRequest.Submission.STREAM
            ? Resumption.FIRST_TOKEN
            : Resumption.NEWEST_TOKEN,
        random.nextInt(ingresses));
  }

  private static TestRequest.Submission way(int percent) {
    if (percent < INTAKE_PERCENT) {
      return TestRequest.Submission.INTAKE;
    }
    if (percent < INTAKE_PERCENT + WHOLE_PERCENT) {
      return TestRequest.Submission.WHOLE;
    }
    int streamed = percent - INTAKE_PERCENT - WHOLE_PERCENT;
    if (streamed < EVENTS_PERCENT) {
      return TestRequest.Submission.EVENTS;
    }
    return streamed < EVENTS_PERCENT + CHAT_PERCENT
        ? TestRequest.Submission.CHAT
        : TestRequest.Submission.STREAM;
  }

  private static Leave leave(int percent) {
    if (percent < CANCEL_PERCENT) {
      return Leave.CANCELS;
    }
    return percent < CANCEL_PERCENT + HANG_UP_PERCENT ? Leave.HANGS_UP : Leave.STAYS;
  }

  private PromptSpec content(int number, boolean mayBeLarge) {
    var random = new SplittableRandom(~seed ^ GOLDEN * (number + 1L));
    boolean long64 = mayBeLarge && random.nextInt(100) < LARGE_PERCENT;
    boolean stops = random.nextInt(100) < STOP_PERCENT;
    String beginning = "Once upon a time, in tale " + number + ", ";
    return new PromptSpec(
        long64 ? beginning + FILLER.repeat(LARGE_BYTES / FILLER.length()) : beginning,
        random.nextLong(),
        SHORTEST + random.nextInt(LENGTHS),
        stops ? List.of(STOPS.get(random.nextInt(STOPS.size()))) : List.of());
  }
}
