package io.anyserve.worker.torch.model;

import java.util.Arrays;
import java.util.List;

/** A weight of a checkpoint by its Hugging Face name, with the shape that it must have. */
public record TensorSpec(String name, List<Long> shape) {

  public static TensorSpec of(String name, int... shape) {
    return new TensorSpec(name, Arrays.stream(shape).asLongStream().boxed().toList());
  }

  public long[] dimensions() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
