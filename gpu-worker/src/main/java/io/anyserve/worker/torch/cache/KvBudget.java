package io.anyserve.worker.torch.cache;

import com.sun.management.OperatingSystemMXBean;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.precision.Precision;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * How much memory the keys and values of all sequences may take.
 *
 * @param mebibytes absent for what all slots take, and at most half of the machine's memory
 */
public record KvBudget(Optional<Integer> mebibytes) {

  public static final KvBudget AUTO = new KvBudget(Optional.empty());

  private static final int F32 = 6;

  /**
   * The cache of a model. Memory is taken when tokens are written, not before.
   *
   * @throws IllegalArgumentException when not even one sequence would fit
   */
  public KvCacheConfig cache(ModelConfig model, Precision precision, int slots, int slotLength) {
    long pageBytes = pageBytes(model, precision);
    int one = new KvCacheConfig(1, slotLength).pages();
    int all = new KvCacheConfig(slots, slotLength).pages();
    long fit = mebibytes.map(size -> ((long) size << 20) / pageBytes).orElse(half() / pageBytes);
    if (fit < one && mebibytes.isPresent()) {
      throw new IllegalArgumentException(
          "kv-cache-mib: %d (expected: >= %d, for a sequence of %d tokens)"
              .formatted(mebibytes.get(), Math.ceilDiv(one * pageBytes, 1L << 20), slotLength));
    }
    return new KvCacheConfig(slots, slotLength, Math.clamp(fit, one, all));
  }

  /** A key and a value of each layer for each token. */
  private static long pageBytes(ModelConfig model, Precision precision) {
    var attention = model.attention();
    long numbers = 2L * model.layers() * attention.kvHeads() * attention.headSize();
    return KvCacheConfig.PAGE * numbers * (precision.scalarType() == F32 ? 4 : 2);
  }

  /** A container's limit counts as the machine's memory. */
  private static long half() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize()
        / 2;
  }
}
