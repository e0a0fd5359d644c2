package io.anyserve.ingress.quota;

import io.anyserve.runtime.ConfigSection;
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

  /** Mistakes become problems of the section. */
  public static QuotaConfig read(ConfigSection section) {
    double bytes =
        section.number(
            "bytes-per-token",
            DEFAULT.bytesPerToken,
            0.1,
            100,
            "Bytes of a prompt per token, to estimate its tokens for a reservation.");
    boolean failOpen =
        section.flag(
            "fail-open",
            DEFAULT.failOpen,
            "Admit requests, without counting them, while quotas cannot be read.");
    Duration snapshots =
        section.duration(
            "snapshot-interval",
            DEFAULT.snapshots,
            Duration.ofMillis(1),
            "Time between two snapshots of the quota state.");
    return section.build(() -> new QuotaConfig(bytes, failOpen, snapshots), DEFAULT);
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
