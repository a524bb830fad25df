import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/** What the command `flyway migrate` does, for a schema that others use too and with indexes that are created concurrently. */
public class Migrate {
  public static void main(String[] arguments) {
    FluentConfiguration configuration =
        Flyway.configure()
            .dataSource(System.getenv("JDBC_URL"), System.getenv("PGUSER"), System.getenv("PGPASSWORD"))
            .locations("filesystem:" + arguments[0])
            .baselineOnMigrate(true)
            .baselineVersion("0");
    configuration.getPluginRegister().getPlugin(PostgreSQLConfigurationExtension.class).setTransactionalLock(false);
    configuration.load().migrate();
  }
}
