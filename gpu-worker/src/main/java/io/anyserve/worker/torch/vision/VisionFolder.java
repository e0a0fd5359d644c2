package io.anyserve.worker.torch.vision;

import io.anyserve.worker.torch.model.Checkpoint;
import io.anyserve.worker.torch.model.DecoderFiles;
import io.anyserve.worker.torch.model.DecoderFolder;
import io.anyserve.worker.torch.model.JsonFile;
import io.anyserve.worker.torch.model.ModelMetadata.ChatFormat;
import io.anyserve.worker.torch.model.StoredTensor;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.TokenizerFile;
import io.anyserve.worker.torch.model.WeightFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Hugging Face model folder with a vision tower beside a Llama decoder. As a decoder's files it
 * gives what concerns the decoder, under the names that a decoder alone has.
 */
public record VisionFolder(DecoderFolder folder) implements DecoderFiles {

  private static final String TEXT = "text_config";
  private static final String TYPE = "model_type";
  private static final String TIED = "tie_word_embeddings";
  private static final String END = "eos_token_id";
  private static final String DECODER = "llama";

  public VisionFolder(Path folder) {
    this(new DecoderFolder(folder));
  }

  @Override
  public Path source() {
    return folder.source();
  }

  @Override
  public String name() {
    return folder.name();
  }

  /** Of the decoder; whether its head is the embedding, the model as a whole says. */
  @Override
  public JsonFile config() {
    JsonFile whole = folder.config();
    JsonFile text = whole.object(TEXT);
    text.only(TYPE, List.of(DECODER));
    text.only("qk_layer_norms", List.of("false"));
    text.only("rope_interleaved", List.of("false"));
    text.only("use_resampler", List.of("false"));
    ObjectNode config = ((ObjectNode) text.root()).deepCopy();
    config.put(TYPE, DECODER);
    config.put(TIED, whole.flag(TIED, false));
    if (!text.has(END) && whole.has(END)) {
      config.set(END, whole.root().get(END));
    }
    return new JsonFile(whole.file(), config);
  }

  @Override
  public Optional<JsonFile> generation() {
    return folder.generation();
  }

  @Override
  public Optional<ChatFormat> chatFormat() {
    return folder.chatFormat();
  }

  @Override
  public TokenizerFile tokenizer() {
    return folder.tokenizer();
  }

  /** Of the decoder. */
  @Override
  public WeightFile weights() {
    return new TextWeights(allWeights());
  }

  /** Of the tower and the decoder; the caller closes them. */
  WeightFile allWeights() {
    return Checkpoint.open(source());
  }

  VisionConfig vision() {
    return VisionConfig.read(folder.config());
  }

  ImageConfig images() {
    return ImageConfig.read(source(), vision());
  }

  /** The decoder's weights are those of {@code model.text_model}. */
  private record TextWeights(WeightFile all) implements WeightFile {

    private static final String ALONE = "model.";
    private static final String BESIDE = "model.text_model.";

    @Override
    public StoredTensor tensor(TensorSpec wanted) {
      String name = wanted.name();
      String there = name.startsWith(ALONE) ? BESIDE + name.substring(ALONE.length()) : name;
      return all.tensor(new TensorSpec(there, wanted.shape()));
    }

    @Override
    public void close() {
      all.close();
    }
  }
}
