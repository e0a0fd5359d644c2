package io.anyserve.architecture;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/** The layering: which module and which package may use which. */
@AnalyzeClasses(
    packages = "io.anyserve",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
final class ArchitectureTest {

  /** The running services of the module {@code standalone} come as a jar of its tests. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String[] SERVICES = {
    "io.anyserve.ingress..",
    "io.anyserve.router..",
    "io.anyserve.worker..",
    "io.anyserve.metering..",
    "io.anyserve.loadtest..",
    "io.anyserve.chaos..",
    "io.anyserve.audit.."
  };

  @ArchTest
  static final ArchRule servicesDoNotKnowEachOther =
      slices()
          .matching("io.anyserve.(ingress|router|worker|metering|loadtest|chaos)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule packagesHaveNoCycle =
      slices()
          .matching(
              "io.anyserve.(contracts|runtime|objects|ingress|router|worker|jinja|grammar|training"
                  + "|metering|quota|audit|chaos|loadtest|standalone|embedded).(**)")
          .should()
          .beFreeOfCycles();

  @ArchTest
  static final ArchRule faultsComeFromOutside =
      noClasses()
          .that()
          .resideInAPackage("io.anyserve.chaos..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.anyserve.ingress..",
                  "io.anyserve.router..",
                  "io.anyserve.worker..",
                  "io.anyserve.metering.."));

  @ArchTest
  static final ArchRule contractsKnowNothingElse =
      noClasses()
          .that()
          .resideInAnyPackage("io.anyserve.contracts..", "io.anyserve.v1..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.anyserve..")
                  .and(resideOutsideOfPackages("io.anyserve.contracts..", "io.anyserve.v1..")));

  @ArchTest
  static final ArchRule contractsStartNoThread =
      noClasses()
          .that()
          .resideInAPackage("io.anyserve.contracts..")
          .should()
          .dependOnClassesThat(assignableTo(Thread.class).or(assignableTo(Executor.class)));

  @ArchTest
  static final ArchRule contractsOpenNoSocket =
      noClasses()
          .that()
          .resideInAPackage("io.anyserve.contracts..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.net",
                  "java.nio.channels",
                  "com.sun.net..",
                  "org.apache.kafka.clients.admin"));

  @ArchTest
  static final ArchRule runtimeKnowsContractsOnly =
      noClasses()
          .that()
          .resideInAPackage("io.anyserve.runtime..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.anyserve..")
                  .and(
                      resideOutsideOfPackages(
                          "io.anyserve.contracts..", "io.anyserve.v1..", "io.anyserve.runtime..")));

  @ArchTest
  static final ArchRule quotaKnowsContractsAndRuntimeOnly =
      noClasses()
          .that()
          .resideInAPackage("io.anyserve.quota..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.anyserve..")
                  .and(
                      resideOutsideOfPackages(
                          "io.anyserve.contracts..",
                          "io.anyserve.v1..",
                          "io.anyserve.runtime..",
                          "io.anyserve.quota..")));

  @ArchTest
  static final ArchRule onlyStandaloneEmbeds =
      noClasses()
          .that()
          .resideInAnyPackage(SERVICES)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.anyserve.standalone..", "io.anyserve.cli..", "io.anyserve.embedded.."));

  @ArchTest
  static final ArchRule onlyTheTorchEngineKnowsDjl =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.anyserve.worker.torch..", "io.anyserve.training..")
          .should()
          .dependOnClassesThat(resideInAPackage("ai.djl.."));

  @ArchTest
  static final ArchRule onlyTheObjectStoreKnowsMinio =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.anyserve.objects")
          .should()
          .dependOnClassesThat(resideInAPackage("io.minio.."));

  @ArchTest
  static final ArchRule domainRecordsInsteadOfGeneratedTypes =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.anyserve.router..", "io.anyserve.worker..", "io.anyserve.objects..")
          .and()
          .resideOutsideOfPackages(
              "io.anyserve.router.status..",
              "io.anyserve.router.conversations.grpc..",
              "io.anyserve.worker.link..")
          .should()
          .dependOnClassesThat(resideInAPackage("io.anyserve.v1.."));

  @ArchTest
  static final ArchRule namesSayWhatTypesDo =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.anyserve.v1..")
          .should()
          .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)");

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("Main")
          .should()
          .callMethodWhere(target(name("sleep")).and(target(owner(type(Thread.class)))));

  /**
   * Loops of the worker and the watch of reservations park until somebody unparks them; load, the
   * polls of Kafka Streams and retries are paced; the audit waits for the ledger. Nobody else polls
   * so.
   */
  @ArchTest
  static final ArchRule nobodyParksInstead =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.anyserve.worker..",
              "io.anyserve.ingress.quota..",
              "io.anyserve.runtime.streams..",
              "io.anyserve.cli.request..",
              "io.anyserve.loadtest..",
              "io.anyserve.chaos..",
              "io.anyserve.audit..")
          .should()
          .callMethodWhere(
              target(nameStartingWith("park")).and(target(owner(type(LockSupport.class)))));
}
