package io.anyserve.worker.torch.libtorch;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/**
 * Gives memory back to the operating system while its addresses stay: what is read there next is
 * zero, and the next write takes memory anew. On Linux; elsewhere the memory stays taken.
 */
public final class MemoryReturn {

  /** MADV_DONTNEED of Linux; where the number is another system's, it means something else. */
  private static final int DONTNEED = 4;

  private static final Optional<MemoryReturn> HERE =
      linux() ? Optional.of(open()) : Optional.empty();

  private final MethodHandle madvise;
  private final long pageSize;

  private MemoryReturn(MethodHandle madvise, long pageSize) {
    this.madvise = madvise;
    this.pageSize = pageSize;
  }

  /** Present where the operating system can do it. */
  public static Optional<MemoryReturn> here() {
    return HERE;
  }

  /** The address of a buffer outside Java's heap. */
  public static long address(ByteBuffer direct) {
    if (!direct.isDirect()) {
      throw new IllegalArgumentException("buffer: in Java's heap (expected: a direct one)");
    }
    return MemorySegment.ofBuffer(direct).address();
  }

  /** The whole pages of the operating system that lie in this stretch; the rest stays. */
  public void release(long address, long bytes) {
    long start = roundUp(address);
    long length = (address + bytes) / pageSize * pageSize - start;
    if (length > 0) {
      advise(start, length);
    }
  }

  private long roundUp(long address) {
    return (address + pageSize - 1) / pageSize * pageSize;
  }

  private void advise(long start, long length) {
    try {
      int result = (int) madvise.invokeExact(MemorySegment.ofAddress(start), length, DONTNEED);
      if (result != 0) {
        throw new IllegalStateException(
            "madvise of %d bytes: %d (expected: 0)".formatted(length, result));
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("madvise: " + e, e);
    }
  }

  private static boolean linux() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
  }

  private static MemoryReturn open() {
    MethodHandle pageSize = function("getpagesize", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    MethodHandle madvise =
        function(
            "madvise",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    try {
      return new MemoryReturn(madvise, (int) pageSize.invokeExact());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("getpagesize: " + e, e);
    }
  }

  @SuppressWarnings("restricted") // the two functions and what they take are those above
  private static MethodHandle function(String name, FunctionDescriptor signature) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), signature);
  }
}
