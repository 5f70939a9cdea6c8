-- Personal data: for the page that is written only when asked for by name.
select
    account_id,
    contact_person,
    contact_phone
from branch.accounts_to_contact
where contact_rank <= $top
