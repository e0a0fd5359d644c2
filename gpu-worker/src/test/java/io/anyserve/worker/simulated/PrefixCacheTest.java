package io.anyserve.worker.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.TenantId;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PrefixCacheTest {

  private static final TenantId ACME = new TenantId("acme");

  /** A prompt of blocks, each of one word again and again, and one more word. */
  private static String prompt(String... blocks) {
    return IntStream.range(0, blocks.length)
            .mapToObj(i -> (blocks[i] + " ").repeat(PrefixCache.BLOCK))
            .collect(Collectors.joining())
        + "end";
  }

  @Test
  void withoutCapacityNothingIsKnown() {
    var cache = new PrefixCache(0);
    assertEquals(0, cache.take(ACME, prompt("a")));
    assertEquals(0, cache.take(ACME, prompt("a")));
  }

  @Test
  void whatBeginsTheSameIsKnownInWholeBlocks() {
    var cache = new PrefixCache(160);
    assertEquals(0, cache.take(ACME, prompt("a", "b", "c")));
    assertEquals(32, cache.take(ACME, prompt("a", "b", "x")));
    assertEquals(48, cache.take(ACME, prompt("a", "b", "x", "y")));
    assertEquals(16, cache.take(ACME, prompt("a", "c")));
  }

  @Test
  void aBlockCountsOnlyBehindTheSameBlocks() {
    var cache = new PrefixCache(160);
    cache.take(ACME, prompt("a", "b"));
    assertEquals(0, cache.take(ACME, prompt("b")));
    assertEquals(16, cache.take(ACME, prompt("b", "b")));
  }

  @Test
  void noTenantSharesAnothersBlocks() {
    var cache = new PrefixCache(160);
    cache.take(ACME, prompt("a", "b"));
    assertEquals(0, cache.take(new TenantId("umbrella"), prompt("a", "b")));
    assertEquals(32, cache.take(ACME, prompt("a", "b")));
  }

  @Test
  void theLastTokenIsNeverCached() {
    var cache = new PrefixCache(160);
    String whole = "a ".repeat(2 * PrefixCache.BLOCK);
    cache.take(ACME, whole);
    assertEquals(16, cache.take(ACME, whole));
  }

  @Test
  void theLeastRecentlyUsedMakesRoomFromItsEnd() {
    var cache = new PrefixCache(3 * PrefixCache.BLOCK);
    cache.take(ACME, prompt("a", "b"));
    cache.take(ACME, prompt("x", "y"));
    assertEquals(16, cache.take(ACME, prompt("a")));
    assertEquals(32, cache.take(ACME, prompt("x", "y")));
    cache.take(ACME, prompt("p", "q"));
    assertEquals(0, cache.take(ACME, prompt("a")));
  }

  @Test
  void aPromptLongerThanTheCacheLeavesItsBeginning() {
    var cache = new PrefixCache(2 * PrefixCache.BLOCK);
    cache.take(ACME, prompt("a", "b", "c", "d"));
    assertEquals(32, cache.take(ACME, prompt("a", "b", "c", "d")));
  }
}
