package io.anyserve.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes the files of an ordinary Hugging Face folder; each file appears whole or not at all. */
record ModelFolder(Path folder) {

  static final String CHAT_TEMPLATE =
      "{% for message in messages %}"
          + "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
          + "{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

  void writeSettings(ModelShape shape, BytePairEncoding encoding) throws IOException {
    Files.createDirectories(folder);
    write("tokenizer.json", TokenizerJson.of(encoding));
    write("config.json", config(shape, encoding));
    write("generation_config.json", generationConfig(encoding));
    write("tokenizer_config.json", tokenizerConfig(shape, encoding));
  }

  void writeWeights(Trainer trainer) throws IOException {
    write("model.safetensors", SafetensorsWriter.bytes(trainer.specs(), trainer::values));
  }

  private static String config(ModelShape shape, BytePairEncoding encoding) {
    return String.format(
        Locale.ROOT,
        """
        {
          "architectures": ["Qwen2ForCausalLM"],
          "model_type": "qwen2",
          "attention_dropout": 0.0,
          "bos_token_id": %d,
          "eos_token_id": %d,
          "head_dim": %d,
          "hidden_act": "silu",
          "hidden_size": %d,
          "initializer_range": 0.02,
          "intermediate_size": %d,
          "max_position_embeddings": %d,
          "num_attention_heads": %d,
          "num_hidden_layers": %d,
          "num_key_value_heads": %d,
          "rms_norm_eps": 1e-06,
          "rope_theta": %s,
          "sliding_window": null,
          "tie_word_embeddings": true,
          "torch_dtype": "bfloat16",
          "use_cache": true,
          "use_sliding_window": false,
          "vocab_size": %d
        }
        """,
        encoding.endOfText(),
        encoding.turnEnd(),
        shape.headSize(),
        shape.hidden(),
        shape.feedForward(),
        shape.positions(),
        shape.heads(),
        shape.layers(),
        shape.keyHeads(),
        ModelShape.ROPE_THETA,
        shape.vocabulary());
  }

  private static String generationConfig(BytePairEncoding encoding) {
    return String.format(
        Locale.ROOT,
        """
        {
          "bos_token_id": %d,
          "do_sample": true,
          "eos_token_id": [%d, %d],
          "pad_token_id": %d,
          "temperature": 0.7,
          "top_p": 0.95
        }
        """,
        encoding.endOfText(),
        encoding.turnEnd(),
        encoding.endOfText(),
        encoding.endOfText());
  }

  private static String tokenizerConfig(ModelShape shape, BytePairEncoding encoding) {
    return String.format(
        Locale.ROOT,
        """
        {
          "add_bos_token": false,
          "add_prefix_space": false,
          "added_tokens_decoder": {
            %s
          },
          "additional_special_tokens": ["<|im_start|>", "<|im_end|>"],
          "bos_token": null,
          "chat_template": %s,
          "clean_up_tokenization_spaces": false,
          "eos_token": "<|im_end|>",
          "errors": "replace",
          "model_max_length": %d,
          "pad_token": "<|endoftext|>",
          "split_special_tokens": false,
          "tokenizer_class": "Qwen2Tokenizer",
          "unk_token": null
        }
        """,
        addedTokens(encoding),
        JsonText.quoted(CHAT_TEMPLATE),
        shape.positions());
  }

  private static String addedTokens(BytePairEncoding encoding) {
    return BytePairEncoding.SPECIAL_TOKENS.stream()
        .map(token -> addedToken(encoding.specialId(token), token))
        .collect(joining(",\n    "));
  }

  private static String addedToken(int id, String token) {
    return String.format(
        Locale.ROOT,
        """
        "%d": {"content": "%s", "lstrip": false, "normalized": false, "rstrip": false, \
        "single_word": false, "special": true}""",
        id,
        token);
  }

  private void write(String name, String text) throws IOException {
    write(name, text.getBytes(UTF_8));
  }

  private void write(String name, byte[] content) throws IOException {
    Path partial = folder.resolve(name + ".partial");
    Files.write(partial, content);
    Files.move(partial, folder.resolve(name), ATOMIC_MOVE, REPLACE_EXISTING);
  }
}
