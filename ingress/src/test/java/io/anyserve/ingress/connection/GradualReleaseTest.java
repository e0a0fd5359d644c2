package io.anyserve.ingress.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GradualReleaseTest {

  private final List<Integer> ended = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private int open;

  /** One of so many portions, of some size. */
  private boolean end(int portions) {
    int portion = Math.ceilDiv(open, portions);
    ended.add(portion);
    open -= portion;
    return open > 0;
  }

  private void run(int streams) throws InterruptedException {
    open = streams;
    new GradualRelease(this::end).run(pauses::add);
  }

  @Test
  void twentyPortionsAreOfAboutOneSizeWithPausesBetweenThem() throws Exception {
    run(250);
    assertEquals(250, ended.stream().mapToInt(Integer::intValue).sum());
    assertEquals(20, ended.size());
    assertEquals(List.of(13, 12), ended.stream().distinct().toList());
    assertEquals(19, pauses.size());
    assertEquals(Duration.ofMillis(100), pauses.getFirst());
  }

  @Test
  void nothingIsWaitedForWhenNoneIsLeft() throws Exception {
    run(1);
    assertEquals(List.of(1), ended);
    assertEquals(List.of(), pauses);
  }
}
