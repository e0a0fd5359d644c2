package io.anyserve.loadtest.run;

import io.anyserve.loadtest.report.ProcessReport;
import java.util.List;

/** Looks at the processes of a service that is a model. */
public interface ServiceSampler {

  /**
   * Called at the end of each window, and when the measured stretch begins.
   *
   * @param second from the start of the stretch
   */
  void sample(double second);

  /** What they did. */
  List<ProcessReport> reports();
}
