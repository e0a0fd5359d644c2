package io.anyserve.worker.torch.cache;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.libtorch.MemoryReturn;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Where the keys and values of a cache lie, so that what is not needed can be given back to the
 * operating system; where that takes nothing back, memory stays with the slot.
 */
public final class KvMemory implements KvPages.Memory {

  private final KvCacheConfig cache;
  private final Optional<MemoryReturn> system;
  private final long[] addresses;
  private final long rowBytes;

  private KvMemory(
      KvCacheConfig cache, Optional<MemoryReturn> system, long[] addresses, long rowBytes) {
    this.cache = cache;
    this.system = system;
    this.addresses = addresses;
    this.rowBytes = rowBytes;
  }

  /**
   * Of these tensors, which outlive it.
   *
   * @param tensors lists of [rows, kvHeads, headSize], one of each layer
   */
  public static KvMemory of(PtNDManager parent, KvCacheConfig cache, List<IValue> tensors) {
    try (PtNDManager manager = (PtNDManager) parent.newSubManager()) {
      List<PtNDArray> all =
          tensors.stream().flatMap(list -> Stream.of(list.toTensorArray(manager))).toList();
      PtNDArray first = all.getFirst();
      long rowBytes =
          first.getShape().size() / first.getShape().get(0) * first.getDataType().getNumOfBytes();
      long[] addresses = all.stream().mapToLong(KvMemory::address).toArray();
      return new KvMemory(cache, MemoryReturn.here(), addresses, rowBytes);
    }
  }

  /** A whole tensor can be larger than a buffer. */
  private static long address(PtNDArray tensor) {
    PtNDArray first = (PtNDArray) tensor.get(new NDIndex("0:1"));
    return MemoryReturn.address(first.toByteBuffer(true));
  }

  @Override
  public void release(int slot, int from, int to) {
    int end = Math.min(to, cache.slotLength());
    if (system.isPresent() && from < end) {
      long start = cache.row(slot, from) * rowBytes;
      long length = (end - from) * rowBytes;
      LongStream.of(addresses).forEach(base -> system.get().release(base + start, length));
    }
  }
}
