package io.anyserve.ingress.response;

import io.anyserve.contracts.RequestId;
import java.time.Duration;
import java.util.List;

/**
 * The requests of one tenant at this ingress.
 *
 * @param inFlight accepted here and not ended
 * @param waiting those of them that no worker took, as far as is known here
 * @param recent those of which a client was told something a short while ago, the latest first
 */
public record TenantActivity(int inFlight, int waiting, List<Recent> recent) {

  public TenantActivity {
    recent = List.copyOf(recent);
  }

  /**
   * One of them.
   *
   * @param age since its client was told last
   */
  public record Recent(RequestId request, RecentRequest seen, Duration age) {}
}
