-- The role that pages and workers sign in with. The image of PostgreSQL runs this once, when it makes the database.
-- `tidegate migrate` gives it its rights: of the audit log to add and to read.
\set password `cat /run/secrets/database_password`
CREATE ROLE tidegate LOGIN PASSWORD :'password';
