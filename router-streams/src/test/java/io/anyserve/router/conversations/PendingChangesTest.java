package io.anyserve.router.conversations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PendingChangesTest {

  private final PendingChanges changes = new PendingChanges(new Stored());

  @BeforeEach
  void change() {
    changes.put(bytes("a"), bytes("new"));
    changes.put(bytes("c"), bytes("other"));
    changes.delete(bytes("d"));
    changes.put(bytes("e"), bytes("new"));
    changes.put(bytes("g"), bytes("new"));
    changes.put(bytes("h"), bytes("new"));
    changes.delete(bytes("h"));
  }

  /** b, c, d and f. */
  private static final class Stored implements RecordTable {

    private final TreeMap<String, String> records =
        new TreeMap<>(Map.of("b", "old", "c", "old", "d", "old", "f", "old"));

    @Override
    public byte @Nullable [] get(byte[] key) {
      String value = records.get(new String(key, UTF_8));
      return value == null ? null : bytes(value);
    }

    @Override
    public void scan(byte[] from, byte[] to, Visitor visitor) {
      for (var record :
          records.subMap(new String(from, UTF_8), true, new String(to, UTF_8), true).entrySet()) {
        if (!visitor.visit(bytes(record.getKey()), bytes(record.getValue()))) {
          return;
        }
      }
    }
  }

  @Test
  void changesGoBeforeWhatIsStored() {
    assertArrayEquals(bytes("new"), changes.get(bytes("a")));
    assertArrayEquals(bytes("old"), changes.get(bytes("b")));
    assertArrayEquals(bytes("other"), changes.get(bytes("c")));
    assertNull(changes.get(bytes("d")));
    assertNull(changes.get(bytes("h")));
  }

  @Test
  void changesAreVisitedBetweenWhatIsStored() {
    assertEquals(
        List.of("a=new", "b=old", "c=other", "e=new", "f=old", "g=new"), scan("a", "z", 9));
    assertEquals(List.of("b=old", "c=other", "e=new"), scan("b", "e", 9));
    assertEquals(List.of(), scan("x", "z", 9));
  }

  @Test
  void aVisitorStopsAnywhere() {
    assertEquals(List.of("a=new"), scan("a", "z", 1));
    assertEquals(List.of("a=new", "b=old"), scan("a", "z", 2));
    assertEquals(List.of("a=new", "b=old", "c=other"), scan("a", "z", 3));
    assertEquals(List.of("a=new", "b=old", "c=other", "e=new"), scan("a", "z", 4));
  }

  @Test
  void eachKeyIsWrittenOnce() {
    List<String> written = new ArrayList<>();
    changes
        .records()
        .forEach(
            (key, value) ->
                written.add(
                    new String(key.get(), UTF_8)
                        + "="
                        + value.map(bytes -> new String(bytes, UTF_8)).orElse("")));
    assertEquals(List.of("a=new", "c=other", "d=", "e=new", "g=new", "h="), written);
  }

  private List<String> scan(String from, String to, int most) {
    List<String> visited = new ArrayList<>();
    changes.scan(
        bytes(from),
        bytes(to),
        (key, value) -> {
          visited.add(new String(key, UTF_8) + "=" + new String(value, UTF_8));
          return visited.size() < most;
        });
    return visited;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
