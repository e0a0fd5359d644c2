package io.anyserve.ingress.quota;

import java.time.Duration;

/**
 * How requests are measured against quotas.
 *
 * @param bytesPerToken of a prompt, to estimate its tokens before a worker counts them
 * @param failOpen lets requests in, uncounted, while quotas cannot be known
 * @param snapshots time between two
 */
public record QuotaConfig(double bytesPerToken, boolean failOpen, Duration snapshots) {

  public static final QuotaConfig DEFAULT = new QuotaConfig(2, false, Duration.ofSeconds(10));

  public QuotaConfig {
    require(
        bytesPerToken >= 0.1 && bytesPerToken <= 100,
        "bytes-per-token",
        bytesPerToken,
        "0.1 to 100");
    require(snapshots.isPositive(), "snapshot-interval", snapshots, "above 0");
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
