package io.anyserve.worker.torch.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.TinyModel;
import io.anyserve.worker.torch.encoder.TinyBert;
import io.anyserve.worker.torch.model.EncoderConfig.Activation;
import io.anyserve.worker.torch.model.SentenceConfig.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderMetadataTest {

  private @TempDir Path folder;

  @BeforeEach
  void writeModel() throws IOException {
    TinyBert.write(folder);
  }

  @Test
  void readsAFolder() {
    EncoderMetadata files = EncoderMetadata.read(folder);
    assertEquals(
        new EncoderConfig(
            32, 2, 4, 64, new EncoderConfig.Embedding(192, 80, 2), 1e-12, Activation.GELU),
        files.config());
    assertEquals(new SentenceConfig(64, Pooling.MEAN, true), files.sentence());
    assertEquals(192, files.tokens().size());
    assertEquals(2, files.tokens().begin());
    assertEquals(3, files.tokens().end());
    assertEquals(folder.toAbsolutePath().getFileName().toString(), files.name());
  }

  @Test
  void theFilesOfSentenceTransformersMayBeMissing() throws IOException {
    Files.delete(folder.resolve("modules.json"));
    Files.delete(folder.resolve("sentence_bert_config.json"));
    Files.delete(folder.resolve("config_sentence_transformers.json"));
    assertEquals(
        new SentenceConfig(80, Pooling.MEAN, false), EncoderMetadata.read(folder).sentence());
  }

  @Test
  void aLengthBeyondThePositionsIsCapped() throws IOException {
    edit("sentence_bert_config.json", "64", "512");
    assertEquals(80, EncoderMetadata.read(folder).sentence().maxLength());
    edit("sentence_bert_config.json", "512", "null");
    assertEquals(80, EncoderMetadata.read(folder).sentence().maxLength());
  }

  @Test
  void familiesAreToldApart() throws IOException {
    assertEquals(ModelFamily.ENCODER, ModelFamily.of(folder));
    assertEquals(ModelFamily.DECODER, ModelFamily.of(TinyModel.write(folder.resolve("decoder"))));
    edit("config.json", "\"bert\"", "\"gpt2\"");
    var failure = assertThrows(InvalidModelException.class, () -> ModelFamily.of(folder));
    assertTrue(
        failure
            .getMessage()
            .endsWith(
                "model_type: \"gpt2\" (expected: one of [qwen2, qwen3, llama, mistral, phi3, gemma2, gemma3_text, idefics3, smolvlm, bert])"),
        failure.getMessage());
    Path elsewhere = folder.resolve("elsewhere");
    failure = assertThrows(InvalidModelException.class, () -> ModelFamily.of(elsewhere));
    assertTrue(failure.getMessage().contains("elsewhere: no such folder"), failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          config.json | "bert" | "distilbert" | model_type: "distilbert" (expected: one of [bert])
          config.json | BertModel | BertForTokenClassification | architectures: ["BertForTokenClassification"] (expected: one of [BertModel, BertForMaskedLM, BertForPreTraining, BertForSequenceClassification])
          config.json | BertModel | BertForSequenceClassification | id2label: missing (expected: one label, the relevance)
          config.json | "gelu" | "mish" | hidden_act: "mish" (expected: one of [gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish])
          config.json | "absolute" | "relative_key" | position_embedding_type: "relative_key" (expected: one of [absolute])
          config.json | "num_attention_heads": 4 | "num_attention_heads": 5 | heads: 5 (expected: a divisor of the width 32)
          config.json | "layer_norm_eps": 1e-12 | "layer_norm_eps": 0 | layer_norm_eps: 0 (expected: a number > 0)
          config.json | "type_vocab_size": 2, | "types": 2, | type_vocab_size: missing (expected: an integer >= 1)
          config.json | "vocab_size": 192 | "vocab_size": 191 | tokens: 192 (expected: at most vocab_size, 191)
          config.json | "use_cache": true | "is_decoder": true | is_decoder: true (expected: one of [false])
          modules.json | models.Normalize | models.Dense | modules: [Transformer, Pooling, Dense] (expected: Transformer, Pooling and perhaps Normalize)
          modules.json | "path": "", | "path": "0_BERT", | path: "0_BERT" (expected: "", the model folder itself)
          modules.json | 1_Pooling | ../1_Pooling | path: "../1_Pooling" (expected: a folder inside the model folder)
          1_Pooling/config.json | "pooling_mode_mean_tokens": true | "pooling_mode_mean_tokens": false | pooling_mode: none (expected: one of mean_tokens, cls_token)
          1_Pooling/config.json | "pooling_mode_max_tokens": false | "pooling_mode_max_tokens": true | pooling_mode: mean_tokens, max_tokens
          1_Pooling/config.json | "word_embedding_dimension": 32 | "word_embedding_dimension": 33 | word_embedding_dimension: 33 (expected: hidden_size, 32)
          sentence_bert_config.json | false | true | do_lower_case: true (expected: one of [false])
          config_sentence_transformers.json | "default_prompt_name": null | "default_prompt_name": "query" | default_prompt_name: "query" (expected: null or absent)
          """)
  void refusesWhatItCannotServe(String file, String found, String replacement, String message)
      throws IOException {
    edit(file, found, replacement);
    var failure = assertThrows(InvalidModelException.class, () -> EncoderMetadata.read(folder));
    assertTrue(failure.getMessage().contains(": " + message), failure.getMessage());
  }

  private void edit(String file, String found, String replacement) throws IOException {
    TinyBert.edit(folder.resolve(file), found, replacement);
  }
}
