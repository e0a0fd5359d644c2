package io.anyserve.worker.torch.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of a model that writes text, each in the form that a Hugging Face folder has it in.
 *
 * <p>All methods read anew and throw {@link InvalidModelException} when something is missing,
 * damaged or of an unsupported kind. Nothing behind this interface knows where a model came from.
 */
public interface DecoderFiles {

  /** The folder or the file, which messages name. */
  Path source();

  /** What the model is called. */
  String name();

  /** The content of {@code config.json}. */
  JsonFile config();

  /** The content of {@code generation_config.json}, if there is one. */
  Optional<JsonFile> generation();

  /** How a conversation becomes a prompt, absent where the model has no such form. */
  Optional<ModelMetadata.ChatFormat> chatFormat();

  /** The content of {@code tokenizer.json}. */
  TokenizerFile tokenizer();

  /** Opens the weights; the caller closes them. */
  WeightFile weights();
}
