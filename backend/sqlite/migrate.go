package sqlite

import (
	_ "embed"
	"fmt"

	"daycairn/backend/sqlite/db"
)

//go:embed schema.sql
var schemaOne string

// migrations bring a database from user_version i to i+1. The list only grows.
var migrations = []string{schemaOne}

// migrate runs the steps that the database has not seen, each in a transaction of its own.
func migrate(c *db.Conn, steps []string) error {
	version, err := c.Int("PRAGMA user_version")
	if err != nil {
		return err
	}
	for i := int(version); i < len(steps); i++ {
		if err := migrateOne(c, steps[i], i+1); err != nil {
			return fmt.Errorf("migrate database to schema %d: %w", i+1, err)
		}
	}
	return nil
}

func migrateOne(c *db.Conn, step string, to int) error {
	if err := c.Script("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := c.Script(step)
	if err == nil {
		err = c.Script(fmt.Sprintf("PRAGMA user_version = %d", to))
	}
	if err == nil {
		err = c.Script("COMMIT")
	}
	if err != nil && c.InTransaction() {
		if rerr := c.Script("ROLLBACK"); rerr != nil {
			return fmt.Errorf("%w (rollback: %w)", err, rerr)
		}
	}
	return err
}
