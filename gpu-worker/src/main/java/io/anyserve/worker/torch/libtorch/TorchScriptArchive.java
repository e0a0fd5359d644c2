package io.anyserve.worker.torch.libtorch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript source text into the archive that libtorch loads, so that Java alone can author
 * a module.
 *
 * <p>The archive is PyTorch's zip container: five entries, each stored and never deflated, because
 * libtorch maps them. The module is one object of class {@code __torch__.M} without parameters or
 * buffers; whatever it computes with comes in as arguments.
 */
public final class TorchScriptArchive {

  /** The first lines of every module text; methods follow, indented by two spaces. */
  public static final String CLASS_HEAD =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  private static final String FOLDER = "m/";

  private TorchScriptArchive() {}

  /** Loads a module for use on the manager's device; the caller closes the block. */
  public static PtSymbolBlock load(PtNDManager manager, String moduleText) {
    try (var archive = new ByteArrayInputStream(of(moduleText))) {
      return JniUtils.loadModule(manager, archive, false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The archive of a module text that starts with {@link #CLASS_HEAD}. */
  public static byte[] of(String moduleText) {
    if (!moduleText.startsWith(CLASS_HEAD)) {
      throw new IllegalArgumentException(
          "moduleText: " + firstLine(moduleText) + " (expected: to start with CLASS_HEAD)");
    }
    var archive = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(archive)) {
      zip.setMethod(ZipOutputStream.STORED);
      store(zip, "data.pkl", pickledModule());
      store(zip, "code/__torch__.py", moduleText.getBytes(UTF_8));
      store(zip, "constants.pkl", pickledEmptyTuple());
      store(zip, "version", "10\n".getBytes(US_ASCII));
      store(zip, "byteorder", "little".getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return archive.toByteArray();
  }

  /** A stored entry needs its size and checksum before its content. */
  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var checksum = new CRC32();
    checksum.update(content);
    var entry = new ZipEntry(FOLDER + name);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(checksum.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** Pickle protocol 2 of {@code __torch__.M} with the state {@code {"training": False}}. */
  private static byte[] pickledModule() {
    var pickle = new ByteArrayOutputStream();
    pickle.writeBytes(new byte[] {(byte) 0x80, 2}); // PROTO 2
    pickle.writeBytes("c__torch__\nM\n".getBytes(US_ASCII)); // GLOBAL module, class
    pickle.writeBytes(new byte[] {')', (byte) 0x81}); // EMPTY_TUPLE NEWOBJ
    pickle.writeBytes(new byte[] {'}', '('}); // EMPTY_DICT MARK
    pickle.writeBytes(new byte[] {'X', 8, 0, 0, 0}); // BINUNICODE, length 8
    pickle.writeBytes("training".getBytes(US_ASCII));
    pickle.write(0x89); // NEWFALSE
    pickle.writeBytes(new byte[] {'u', 'b', '.'}); // SETITEMS BUILD STOP
    return pickle.toByteArray();
  }

  private static byte[] pickledEmptyTuple() {
    return new byte[] {(byte) 0x80, 2, ')', '.'};
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return '"' + line.substring(0, Math.min(80, line.length())) + '"';
  }
}
