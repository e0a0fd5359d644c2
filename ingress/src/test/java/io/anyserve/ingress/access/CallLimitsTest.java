package io.anyserve.ingress.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TenantId;
import io.anyserve.runtime.auth.Caller;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class CallLimitsTest {

  private static final ClientAddress HOME = new ClientAddress("10.0.0.1", "10.0.0.1");
  private static final ClientAddress OTHER = new ClientAddress("10.0.0.2", "10.0.0.2");
  private static final Caller KEY = new Caller(new TenantId("acme"), "k1");

  private final AtomicLong now = new AtomicLong();
  private final CallLimits limits = new CallLimits(OptionalInt.of(6), now::get);

  @Test
  void aMinutesCallsMayComeAtOnceAndThenOneAfterTheOther() {
    for (int i = 5; i >= 0; i--) {
      assertEquals(i, allowed(Caller.ANONYMOUS, HOME).remaining());
    }
    CallRate refused = limits.count(Caller.ANONYMOUS, HOME).orElseThrow();
    assertFalse(refused.allowed());
    assertEquals(Duration.ofSeconds(10), refused.retryAfter());
    assertEquals(Duration.ofMinutes(1), refused.reset());
    assertEquals(6, refused.limit());
    assertEquals(
        "RATE_LIMITED: calls: over the limit (expected: at most 6 a minute; the next one in 10000"
            + " ms)",
        refused.failure().toString());
    now.addAndGet(refused.retryAfter().toNanos());
    assertEquals(0, allowed(Caller.ANONYMOUS, HOME).remaining());
    assertFalse(limits.count(Caller.ANONYMOUS, HOME).orElseThrow().allowed());
    now.addAndGet(Duration.ofMinutes(1).toNanos());
    assertEquals(5, allowed(Caller.ANONYMOUS, HOME).remaining());
  }

  @Test
  void aKeyIsCountedWhereverItCallsFromAndAnAddressOnlyWithoutOne() {
    allowed(KEY, HOME);
    assertEquals(4, allowed(KEY, OTHER).remaining());
    assertEquals(5, allowed(Caller.ANONYMOUS, HOME).remaining());
    assertEquals(5, allowed(Caller.ANONYMOUS, OTHER).remaining());
  }

  @Test
  void whoCalledLongestAgoIsForgottenFirst() {
    var few = new CallLimits(OptionalInt.of(6), now::get, 2);
    few.count(Caller.ANONYMOUS, HOME);
    few.count(KEY, HOME);
    few.count(Caller.ANONYMOUS, HOME);
    few.count(Caller.ANONYMOUS, OTHER);
    assertEquals(3, few.count(Caller.ANONYMOUS, HOME).orElseThrow().remaining());
    assertEquals(5, few.count(KEY, HOME).orElseThrow().remaining());
  }

  @Test
  void nothingIsLimitedByDefault() {
    assertEquals(Optional.empty(), CallLimits.none().count(KEY, HOME));
  }

  @Test
  void theAddressesOfOneClientAreOne() throws Exception {
    ClientAddress first = of("2001:db8:1:2:3::4");
    ClientAddress second = of("2001:db8:1:2:ffff::1");
    assertEquals(first.network(), second.network());
    assertEquals("2001:db8:1:2:3:0:0:4", first.text());
    assertFalse(first.network().equals(of("2001:db8:1:3::4").network()));
    assertEquals("10.1.2.3", of("10.1.2.3").network());
    assertEquals("10.1.2.3", of("::ffff:10.1.2.3").network());
    assertEquals(ClientAddress.UNKNOWN, ClientAddress.of((SocketAddress) null));
    assertEquals(
        ClientAddress.UNKNOWN, ClientAddress.of(InetSocketAddress.createUnresolved("a", 1)));
  }

  private static ClientAddress of(String literal) throws Exception {
    return ClientAddress.of(InetAddress.getByName(literal));
  }

  private CallRate allowed(Caller caller, ClientAddress from) {
    CallRate rate = limits.count(caller, from).orElseThrow();
    assertTrue(rate.allowed());
    return rate;
  }
}
