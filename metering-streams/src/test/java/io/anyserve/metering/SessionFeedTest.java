package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.UsageLine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SessionFeedTest {

  private final SessionFeed feed = new SessionFeed();
  private final List<SessionUsage> first = new ArrayList<>();
  private final List<SessionUsage> second = new ArrayList<>();

  @Test
  void eachWatcherHearsOfItsSessionUntilItLeaves() {
    SessionUsage mine = usage(Tokens.of(1, "acme", "s1"));
    SessionUsage other = usage(Tokens.of(2, "acme", "s2"));
    var leaving = feed.watch(mine.tenant(), mine.session(), first::add);
    var staying = feed.watch(mine.tenant(), mine.session(), second::add);
    feed.accept(mine);
    feed.accept(other);
    leaving.close();
    leaving.close();
    feed.accept(mine);
    staying.close();
    feed.accept(mine);

    assertEquals(List.of(mine), first);
    assertEquals(List.of(mine, mine), second);
  }

  private static SessionUsage usage(Tokens request) {
    var refused = request.refused();
    UsageLine line =
        OpenRequest.untaken(refused, (Terminal) refused.event(), request.context(), 5).line();
    return SessionUsage.of(line);
  }
}
