package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.StoredTensor;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The tensors of an open GGUF file as Hugging Face has them. */
final class GgufWeights implements WeightFile {

  private final GgufFile file;
  private final GgufArchitecture architecture;
  private final GgufShape shape;
  private final GgufNames names;

  private GgufWeights(GgufFile file) {
    this.file = file;
    this.architecture = GgufArchitecture.of(file.metadata());
    this.shape = GgufShape.of(file.metadata(), architecture);
    this.names = new GgufNames(architecture);
  }

  /** Takes the file over: closing this closes it. */
  static GgufWeights of(GgufFile file) {
    try {
      return new GgufWeights(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public StoredTensor tensor(TensorSpec wanted) {
    String name = names.stored(wanted.name());
    GgufTensor tensor =
        file.tensor(name)
            .orElseThrow(() -> wrong(name, "missing", "a tensor of shape " + wanted.shape()));
    if (!tensor.shape().equals(wanted.shape())) {
      throw wrong(name, "shape " + tensor.shape(), "shape " + wanted.shape());
    }
    RowOrder order = paired(wanted) ? RowOrder.paired(shape.headSize()) : RowOrder.SAME;
    var rows = new GgufRows(file.path(), tensor, order, added(wanted));
    if (rows.decodes()) {
      return new StoredTensor.Computed(StoredTensor.Type.F32, wanted.shape(), rows);
    }
    StoredTensor.Type type = type(tensor.type());
    if (paired(wanted) || tensor.data().byteSize() > Integer.MAX_VALUE) {
      return new StoredTensor.Computed(type, wanted.shape(), rows);
    }
    ByteBuffer data = tensor.data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return new StoredTensor.Mapped(type, wanted.shape(), data);
  }

  @Override
  public void close() {
    file.close();
  }

  /** Query and key, whose rows rotary positions turn in pairs. */
  private boolean paired(TensorSpec wanted) {
    return architecture.pairsRows()
        && (wanted.name().contains("q_proj") || wanted.name().contains("k_proj"));
  }

  /** Gemma's norms are stored as what they multiply with. */
  private float added(TensorSpec wanted) {
    return architecture.isGemma() && wanted.name().endsWith("norm.weight") ? -1 : 0;
  }

  private static StoredTensor.Type type(BlockType type) {
    return switch (type) {
      case F32 -> StoredTensor.Type.F32;
      case F16 -> StoredTensor.Type.F16;
      case BF16 -> StoredTensor.Type.BF16;
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> StoredTensor.Type.F32;
    };
  }

  private InvalidModelException wrong(String name, String problem, String expected) {
    return new InvalidModelException(file.path(), name + ": " + problem, expected);
  }
}
