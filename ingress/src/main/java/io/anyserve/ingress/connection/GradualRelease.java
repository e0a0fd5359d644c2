package io.anyserve.ingress.connection;

import java.time.Duration;
import java.util.function.IntPredicate;

/**
 * Ends the streams of a server that stops, a twentieth of them every 100 ms, so that no other
 * ingress gets all of them at once.
 *
 * @param portion ends one of so many portions of the streams that are open, and says whether there
 *     are more
 */
public record GradualRelease(IntPredicate portion) {

  private static final int PORTIONS = 20;
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Waits that long, or less when the server has ended. */
  public interface Waiting {
    void await(Duration length) throws InterruptedException;
  }

  /** Ends all streams, waiting between the portions. */
  public void run(Waiting waiting) throws InterruptedException {
    for (int left = PORTIONS; left > 0 && portion.test(left); left--) {
      waiting.await(PAUSE);
    }
  }
}
