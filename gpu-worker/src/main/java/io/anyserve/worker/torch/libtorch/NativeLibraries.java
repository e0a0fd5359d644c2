package io.anyserve.worker.torch.libtorch;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Utils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/** The native libraries of the torch engine: which are on the class path, and whether they load. */
public final class NativeLibraries {

  private static final String LIBTORCH = "/native/lib/pytorch.properties";
  private static final String TOKENIZERS = "/native/lib/tokenizers.properties";

  private NativeLibraries() {}

  /** Loads libtorch and returns its version; throws IllegalStateException with what to do. */
  public static String libtorch() {
    return LibTorch.load().getVersion();
  }

  /** Loads the tokenizer and returns its version; throws IllegalStateException with the reason. */
  public static String tokenizers() {
    try {
      LibUtils.checkStatus();
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalStateException(
          "tokenizers: "
              + LibTorch.reason(e)
              + " (expected: natives for "
              + Platform.ofThisMachine()
              + " that load)",
          e);
    }
    return property(TOKENIZERS, "version").orElse("unknown");
  }

  /** Where they are unpacked to at the first use; some 450 MB. */
  public static Path unpacked() {
    return Utils.getEngineCacheDir("pytorch");
  }

  /** What libtorch on the class path is built for; empty where there is none. */
  static Optional<String> classifier() {
    return property(LIBTORCH, "classifier");
  }

  private static Optional<String> property(String resource, String key) {
    Properties properties = new Properties();
    try (InputStream stream = NativeLibraries.class.getResourceAsStream(resource)) {
      if (stream != null) {
        properties.load(stream);
      }
    } catch (IOException e) {
      throw new IllegalStateException(resource + ": cannot be read", e);
    }
    return Optional.ofNullable(properties.getProperty(key));
  }
}
