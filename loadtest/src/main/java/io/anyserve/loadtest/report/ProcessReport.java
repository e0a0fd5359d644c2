package io.anyserve.loadtest.report;

import java.util.List;

/**
 * What a process said of itself.
 *
 * @param url of its metrics
 */
public record ProcessReport(String url, List<ProcessSample> samples) {

  public ProcessReport {
    samples = List.copyOf(samples);
  }

  /**
   * At one moment; NaN for what it did not say.
   *
   * @param second from the start of the stretch
   * @param processors in use by the process
   * @param memory resident, MiB
   * @param queued requests that no worker has accepted
   * @param inFlight requests that workers or ingresses have
   */
  public record ProcessSample(
      double second, double processors, double memory, double queued, double inFlight) {}
}
