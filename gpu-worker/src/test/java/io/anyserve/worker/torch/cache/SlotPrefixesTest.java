package io.anyserve.worker.torch.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.TenantId;
import io.anyserve.worker.torch.cache.SlotPrefixes.Placement;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

final class SlotPrefixesTest {

  private static final TenantId ACME = new TenantId("acme");
  private static final int PART = 4;

  private final SlotPrefixes prefixes = new SlotPrefixes(3, PART);
  private final BitSet occupied = new BitSet();

  /** A prompt that has its number from that position on. */
  private static int[] prompt(int number, int length, int from) {
    int[] prompt = new int[length];
    for (int i = 0; i < length; i++) {
      prompt[i] = i < from ? 7 : number;
    }
    return prompt;
  }

  private Placement place(int... prompt) {
    return prefixes.place(ACME, prompt, occupied);
  }

  /** Takes the slot for the prompt and reads so much of it. */
  private int read(int[] prompt, int tokens) {
    Placement place = place(prompt);
    prefixes.begin(place.slot(), ACME, prompt, place.length());
    prefixes.written(place.slot(), tokens);
    occupied.set(place.slot());
    return place.slot();
  }

  private void leave(int slot) {
    occupied.clear(slot);
    prefixes.free(slot);
  }

  @Test
  void aSlotThatIsFreeAgainIsUsedAsItIs() {
    leave(read(prompt(1, 10, 9), 10));
    assertEquals(new Placement(0, 0, 8), place(prompt(2, 12, 9)));
    assertEquals(new Placement(1, 1, 0), place(prompt(3, 12, 3)));
  }

  @Test
  void aSlotInUseIsCopied() {
    read(prompt(1, 10, 9), 10);
    assertEquals(new Placement(1, 0, 8), place(prompt(2, 12, 9)));
  }

  @Test
  void theLongestBeginningCountsAndAFreeSlotBeforeOneInUse() {
    read(prompt(1, 10, 6), 10);
    int whole = read(prompt(2, 10, 9), 10);
    assertEquals(new Placement(2, whole, 8), place(prompt(3, 12, 9)));
    leave(whole);
    assertEquals(new Placement(whole, whole, 8), place(prompt(3, 12, 9)));
    assertEquals(new Placement(whole, whole, 4), place(prompt(3, 12, 5)));
  }

  @Test
  void onlyWhatIsWrittenCountsAndNeverTheLastToken() {
    int slot = read(prompt(1, 12, 12), 7);
    assertEquals(4, place(prompt(1, 12, 12)).length());
    prefixes.written(slot, 30);
    assertEquals(8, place(prompt(1, 12, 12)).length());
    assertEquals(12, place(prompt(1, 13, 12)).length());
  }

  @Test
  void nobodyProfitsFromAnotherTenantsPrompt() {
    read(prompt(1, 10, 9), 10);
    var umbrella = new TenantId("umbrella");
    assertEquals(new Placement(1, 1, 0), prefixes.place(umbrella, prompt(1, 10, 9), occupied));
  }

  @Test
  void whatIsForgottenIsNotThere() {
    int slot = read(prompt(1, 10, 9), 10);
    prefixes.forget(slot);
    leave(slot);
    assertEquals(0, place(prompt(1, 10, 9)).length());
  }

  @Test
  void theSlotThatHasBeenFreeForLongestIsOverwritten() {
    int first = read(prompt(1, 10, 0), 10);
    int second = read(prompt(2, 10, 0), 10);
    int third = read(prompt(3, 10, 0), 10);
    leave(second);
    leave(third);
    leave(first);
    assertEquals(second, place(prompt(4, 10, 0)).slot());
  }
}
