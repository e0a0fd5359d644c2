package io.anyserve.worker.torch.model;

/** The open weights of a model: tensors by their Hugging Face names, valid until it is closed. */
public interface WeightFile extends AutoCloseable {

  /** The tensor of that name, which must have that shape. */
  StoredTensor tensor(TensorSpec wanted);

  @Override
  void close();
}
