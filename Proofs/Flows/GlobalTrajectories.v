(* Picard and Lindelof: a field of R^d that is Lipschitz in space has a trajectory through every point at every time,
   for all times. The iterates x0 + int u(tau, X_n) converge because each distance is half the last one when it is
   measured against e^(lam |t - s|) (Bielecki's norm). *)
Require Import Reals Psatz Lia.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives GrowthBounds.
Open Scope R_scope.

(* Everywhere and at all times: Lipschitz in space, continuous in time, bounded in time at each point. *)
Definition lipschitz_field d (u : R -> vec -> vec) (L : R) :=
  0 <= L /\
  (forall t x y i, (i < d)%nat -> Rabs (u t x i - u t y i) <= L * distance d x y) /\
  (forall t x i, (i < d)%nat -> continuous (fun s => u s x i) t) /\
  (forall x, exists M, forall t i, (i < d)%nat -> Rabs (u t x i) <= M).

Section Picard.
Variables (d : nat) (u : R -> vec -> vec) (L : R).
Hypothesis field : lipschitz_field d u L.

Let lam := 2 * (L * INR d) + 1.

Lemma L_pos : 0 <= L.
Proof. apply field. Qed.

Lemma lam_pos : 0 < lam.
Proof. unfold lam. assert (A := L_pos). assert (B := pos_INR d). nra. Qed.

Definition continuous_curve (X : R -> vec) := forall j t, (j < d)%nat -> continuous (fun s => X s j) t.

Lemma distance_tends (X : R -> vec) t : continuous_curve X ->
  filterlim (fun s => distance d (X s) (X t)) (locally t) (locally 0).
Proof.
  intros C. unfold distance.
  assert (G : forall n, (n <= d)%nat ->
    filterlim (fun s => sumn n (fun j => Rabs (X s j - X t j))) (locally t) (locally 0)).
  { induction n; intros Hn; simpl; [apply filterlim_const|].
    replace 0 with (0 + Rabs (X t n - X t n)) by (rewrite Rminus_diag_eq, Rabs_R0; [ring|reflexivity]).
    apply (filterlim_comp_2 (G := locally 0) (H := locally (Rabs (X t n - X t n)))
             (fun s => sumn n (fun j => Rabs (X s j - X t j))) (fun s => Rabs (X s n - X t n)) Rplus).
    - apply IHn. lia.
    - assert (CC : continuous (fun s => X s n - X t n) t).
      { apply (continuous_minus (V := R_NormedModule)); [apply C; lia|apply continuous_const]. }
      apply (filterlim_comp _ _ _ _ Rabs _ (locally (X t n - X t n)) _ CC). apply (filterlim_norm (V := R_NormedModule)).
    - apply (filterlim_plus (V := R_NormedModule)). }
  apply G. lia.
Qed.

Lemma field_along (X : R -> vec) t i : continuous_curve X -> (i < d)%nat -> continuous (fun s => u s (X s) i) t.
Proof.
  intros C Hi. destruct field as (L0 & Lip & Ct & _).
  assert (D := distance_tends X t C). assert (A := Ct t (X t) i Hi).
  apply filterlim_locally. intros eps.
  assert (D' := proj1 (filterlim_locally (F := locally t) _ _) D).
  assert (A' := proj1 (filterlim_locally (F := locally t) _ _) A).
  assert (E0 : 0 < eps / 2 / (L + 1)) by (destruct eps as [e He]; simpl; apply Rdiv_lt_0_compat; lra).
  assert (E1 : 0 < eps / 2) by (destruct eps as [e He]; simpl; lra).
  generalize (filter_and _ _ (D' (mkposreal _ E0)) (A' (mkposreal _ E1))). apply filter_imp.
  intros s [H1 H2]. change (Rabs (distance d (X s) (X t) - 0) < eps / 2 / (L + 1)) in H1.
  change (Rabs (u s (X t) i - u t (X t) i) < eps / 2) in H2.
  change (Rabs (u s (X s) i - u t (X t) i) < eps).
  rewrite Rminus_0_r, Rabs_right in H1 by apply Rle_ge, distance_pos.
  replace (u s (X s) i - u t (X t) i) with ((u s (X s) i - u s (X t) i) + (u s (X t) i - u t (X t) i)) by ring.
  eapply Rle_lt_trans; [apply Rabs_triang|]. assert (Q := Lip s (X s) (X t) i Hi).
  assert (P := distance_pos d (X s) (X t)).
  assert (L * distance d (X s) (X t) <= eps / 2).
  { apply Rle_trans with ((L + 1) * distance d (X s) (X t)); [nra|].
    apply Rlt_le in H1. apply (Rmult_le_compat_l (L + 1)) in H1; [|lra].
    replace ((L + 1) * (eps / 2 / (L + 1))) with (eps / 2) in H1 by (field; lra). exact H1. }
  lra.
Qed.

Variables (s : R) (x0 : vec).

Definition picard_step (X : R -> vec) : R -> vec := fun t i => x0 i + RInt (fun r => u r (X r) i) s t.

Lemma step_derive X t i : continuous_curve X -> (i < d)%nat ->
  is_derive (fun t => picard_step X t i) t (u t (X t) i).
Proof.
  intros C Hi. unfold picard_step.
  replace (u t (X t) i) with (plus zero (u t (X t) i)) by apply plus_zero_l.
  apply (is_derive_plus (V := R_NormedModule)); [apply (is_derive_const (x0 i))|].
  apply (is_derive_RInt (V := R_CompleteNormedModule) (fun r => u r (X r) i) (fun t => RInt (fun r => u r (X r) i) s t) s).
  - apply filter_forall. intros y. apply RInt_correct.
    apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _. now apply field_along.
  - now apply field_along.
Qed.

Lemma step_continuous X : continuous_curve X -> continuous_curve (picard_step X).
Proof.
  intros C j t Hj. apply (ex_derive_continuous (V := R_NormedModule)). exists (u t (X t) j). now apply step_derive.
Qed.

Lemma step_start X i : picard_step X s i = x0 i.
Proof. unfold picard_step. rewrite RInt_point. unfold zero; simpl. ring. Qed.

Definition within_weight (X Y : R -> vec) k := forall t i, (i < d)%nat -> Rabs (X t i - Y t i) <= k * exp (lam * Rabs (t - s)).

Lemma step_halves X Y k : 0 <= k -> continuous_curve X -> continuous_curve Y -> within_weight X Y k ->
  within_weight (picard_step X) (picard_step Y) (k / 2).
Proof.
  intros K CX CY H t i Hi.
  apply (exponential_growth (fun t => picard_step X t i - picard_step Y t i) (fun t => u t (X t) i - u t (Y t) i)).
  - apply lam_pos.
  - lra.
  - rewrite !step_start. ring.
  - intros r. apply (is_derive_minus (V := R_NormedModule)); now apply step_derive.
  - intros r. destruct field as (L0 & Lip & _). eapply Rle_trans; [apply Lip; exact Hi|].
    assert (D := distance_le d (X r) (Y r) _ (fun j Hj => H r j Hj)).
    assert (P := exp_pos (lam * Rabs (r - s))). assert (N := pos_INR d).
    apply Rle_trans with (L * (INR d * (k * exp (lam * Rabs (r - s))))); [now apply Rmult_le_compat_l|].
    unfold lam at 2. assert (0 <= k * exp (lam * Rabs (r - s))) by (apply Rmult_le_pos; lra).
    assert (0 <= L * INR d) by (apply Rmult_le_pos; lra). nra.
Qed.

Fixpoint iterate (n : nat) : R -> vec :=
  match n with O => fun _ => x0 | S n => picard_step (iterate n) end.

Lemma iterate_continuous n : continuous_curve (iterate n).
Proof. induction n; [intros j t _; apply continuous_const|now apply step_continuous]. Qed.

Lemma first_step : exists k, 0 <= k /\ within_weight (iterate 1) (iterate 0) k.
Proof.
  destruct field as (_ & _ & _ & B). destruct (B x0) as (M & HM).
  exists (Rabs M / lam). assert (Q := lam_pos). assert (A := Rabs_pos M). split.
  { apply Rmult_le_pos; [exact A|left; now apply Rinv_0_lt_compat]. }
  intros t i Hi. apply (exponential_growth (fun t => iterate 1 t i - iterate 0 t i) (fun t => u t x0 i)).
  - exact Q.
  - apply Rmult_le_pos; [exact A|left; now apply Rinv_0_lt_compat].
  - simpl iterate. rewrite step_start. ring.
  - intros r. eapply is_derive_eq.
    + apply (is_derive_minus (V := R_NormedModule) (fun t => iterate 1 t i) (fun t => iterate 0 t i)).
      * apply (step_derive (iterate 0)); [apply iterate_continuous|exact Hi].
      * apply (is_derive_const (x0 i)).
    + simpl. unfold minus, plus, opp, zero; simpl. ring.
  - intros r. replace (Rabs M / lam * lam) with (Rabs M) by (field; lra).
    assert (1 <= exp (lam * Rabs (r - s))).
    { rewrite <- exp_0. assert (P : 0 <= lam * Rabs (r - s)) by (apply Rmult_le_pos; [lra|apply Rabs_pos]).
      destruct P as [P|P]; [left; now apply exp_increasing|rewrite <- P; right; reflexivity]. }
    assert (T := HM r i Hi). assert (M <= Rabs M) by apply RRle_abs. nra.
Qed.

Lemma geometric_steps : exists k, 0 <= k /\ forall n, within_weight (iterate (S n)) (iterate n) (k * (1 / 2) ^ n).
Proof.
  destruct first_step as (k & K & H). exists k. split; [exact K|].
  induction n; [simpl pow; rewrite Rmult_1_r; exact H|].
  replace (k * (1 / 2) ^ S n) with (k * (1 / 2) ^ n / 2) by (simpl; field).
  apply (step_halves (iterate (S n)) (iterate n)); try apply iterate_continuous; [|exact IHn].
  apply Rmult_le_pos; [exact K|]. apply pow_le. lra.
Qed.

(* the limit of the iterates *)
Definition trajectory (t : R) (i : nat) : R := x0 i + Series (fun n => iterate (S n) t i - iterate n t i).

Lemma series_tail (a : nat -> R) k : 0 <= k -> (forall n, Rabs (a n) <= k * (1 / 2) ^ n) ->
  ex_series a /\ Rabs (Series a) <= 2 * k.
Proof.
  intros K H.
  assert (G : is_series (fun n => k * (1 / 2) ^ n) (k * / (1 - 1 / 2))).
  { apply (is_series_scal (V := R_NormedModule) k (fun n => (1 / 2) ^ n) (/ (1 - 1 / 2))).
    apply is_series_geom. rewrite Rabs_right; lra. }
  assert (E : ex_series (fun n => Rabs (a n))).
  { apply (ex_series_le (V := R_CompleteNormedModule) (fun n => Rabs (a n)) (fun n => k * (1 / 2) ^ n)).
    - intros n. change (Rabs (Rabs (a n)) <= k * (1 / 2) ^ n). rewrite Rabs_Rabsolu. apply H.
    - exists (k * / (1 - 1 / 2)). exact G. }
  split; [now apply ex_series_Rabs|].
  eapply Rle_trans; [now apply Series_Rabs|].
  apply Rle_trans with (Series (fun n => k * (1 / 2) ^ n)).
  - apply Series_le; [intros n; split; [apply Rabs_pos|apply H]|]. exists (k * / (1 - 1 / 2)). exact G.
  - right. rewrite (is_series_unique _ _ G). field.
Qed.

Lemma trajectory_near_iterates : exists k, 0 <= k /\ forall n, within_weight trajectory (iterate n) (2 * k * (1 / 2) ^ n).
Proof.
  destruct geometric_steps as (k & K & H). exists k. split; [exact K|]. intros n t i Hi.
  set (w := exp (lam * Rabs (t - s))). assert (W : 0 < w) by apply exp_pos.
  set (a := fun n => iterate (S n) t i - iterate n t i).
  assert (Ha : forall m, Rabs (a m) <= k * w * (1 / 2) ^ m).
  { intros m. replace (k * w * (1 / 2) ^ m) with (k * (1 / 2) ^ m * w) by ring. exact (H m t i Hi). }
  assert (KW : 0 <= k * w) by (apply Rmult_le_pos; lra).
  assert (T : forall m, trajectory t i - iterate m t i = Series (fun j => a (m + j)%nat)).
  { induction m.
    - change (x0 i + Series a - x0 i = Series (fun j => a (0 + j)%nat)).
      rewrite (Series_ext (fun j => a (0 + j)%nat) a) by reflexivity. ring.
    - assert (E : ex_series (fun j => a (m + j)%nat)).
      { apply (series_tail _ (k * w * (1 / 2) ^ m)).
        - apply Rmult_le_pos; [exact KW|apply pow_le; lra].
        - intros j. rewrite Rmult_assoc, <- pow_add. apply Ha. }
      rewrite (Series_incr_1 _ E) in IHm.
      rewrite (Series_ext (fun j => a (S m + j)%nat) (fun j => a (m + S j)%nat)) by (intros j; f_equal; lia).
      rewrite Nat.add_0_r in IHm. unfold a at 1 in IHm. lra. }
  rewrite T. replace (2 * k * (1 / 2) ^ n * w) with (2 * (k * w * (1 / 2) ^ n)) by ring.
  apply series_tail.
  - apply Rmult_le_pos; [exact KW|apply pow_le; lra].
  - intros j. rewrite Rmult_assoc, <- pow_add. apply Ha.
Qed.

Lemma half_powers_vanish k eps : 0 < eps -> exists n, k * (1 / 2) ^ n < eps.
Proof.
  intros He. destruct (Rle_or_lt k 0) as [K|K].
  - exists 0%nat. simpl. lra.
  - destruct (pow_lt_1_zero (1 / 2) ltac:(rewrite Rabs_right; lra) (eps / k) ltac:(now apply Rdiv_lt_0_compat)) as (n & H).
    exists n. specialize (H n (Nat.le_refl n)). rewrite Rabs_right in H by (apply Rle_ge, pow_le; lra).
    apply (Rmult_lt_compat_l k) in H; [|exact K]. replace (k * (eps / k)) with eps in H by (field; lra). exact H.
Qed.

Lemma trajectory_continuous : continuous_curve trajectory.
Proof.
  intros i t Hi. destruct trajectory_near_iterates as (k & K & H).
  apply filterlim_locally. intros eps.
  set (w := exp (lam * (Rabs (t - s) + 1))).
  assert (E3 : 0 < eps / 3) by (destruct eps as [e He]; simpl; lra).
  destruct (half_powers_vanish (2 * k * w) (eps / 3) E3) as (n & Hn).
  assert (C := iterate_continuous n i t Hi). assert (C' := proj1 (filterlim_locally (F := locally t) _ _) C (mkposreal _ E3)). clear C.
  generalize (filter_and _ _ C' (locally_Rabs t (mkposreal 1 Rlt_0_1))). apply filter_imp. intros r [H1 H2].
  change (Rabs (iterate n r i - iterate n t i) < eps / 3) in H1. simpl in H2.
  change (Rabs (trajectory r i - trajectory t i) < eps).
  assert (W : forall z, Rabs (z - t) < 1 -> Rabs (trajectory z i - iterate n z i) <= eps / 3).
  { intros z Hz. eapply Rle_trans; [exact (H n z i Hi)|]. apply Rlt_le. eapply Rle_lt_trans; [|exact Hn].
    replace (2 * k * w * (1 / 2) ^ n) with (2 * k * (1 / 2) ^ n * w) by ring.
    apply Rmult_le_compat_l; [apply Rmult_le_pos; [lra|apply pow_le; lra]|].
    unfold w. assert (Q := lam_pos). assert (B : Rabs (z - s) <= Rabs (t - s) + 1).
    { replace (z - s) with ((z - t) + (t - s)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
    destruct (Rle_lt_or_eq_dec _ _ B) as [B'|B']; [left; apply exp_increasing; nra|rewrite B'; right; reflexivity]. }
  assert (W1 := W r H2). assert (W2 := W t ltac:(rewrite Rminus_diag_eq, Rabs_R0; [lra|reflexivity])).
  replace (trajectory r i - trajectory t i) with
    ((trajectory r i - iterate n r i) + (iterate n r i - iterate n t i) + - (trajectory t i - iterate n t i)) by ring.
  eapply Rle_lt_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp.
  eapply Rle_lt_trans; [apply Rplus_le_compat_r, Rabs_triang|]. lra.
Qed.

Lemma trajectory_is_fixed t i : (i < d)%nat -> picard_step trajectory t i = trajectory t i.
Proof.
  intros Hi. destruct trajectory_near_iterates as (k & K & H). set (w := exp (lam * Rabs (t - s))).
  destruct (Req_dec (picard_step trajectory t i) (trajectory t i)) as [E|N]; [exact E|exfalso].
  apply Rminus_eq_contra, Rabs_pos_lt in N.
  destruct (half_powers_vanish (2 * k * w) _ N) as (n & Hn).
  assert (A : Rabs (picard_step trajectory t i - iterate (S n) t i) <= k * (1 / 2) ^ n * w).
  { assert (Q := step_halves trajectory (iterate n) (2 * k * (1 / 2) ^ n)).
    replace (k * (1 / 2) ^ n) with (2 * k * (1 / 2) ^ n / 2) by field. apply Q; auto.
    - apply Rmult_le_pos; [lra|apply pow_le; lra].
    - apply trajectory_continuous.
    - apply iterate_continuous. }
  assert (B := H (S n) t i Hi). fold w in B.
  replace (2 * k * (1 / 2) ^ S n * w) with (k * (1 / 2) ^ n * w) in B by (simpl; field).
  assert (C : Rabs (picard_step trajectory t i - trajectory t i) <= 2 * k * w * (1 / 2) ^ n); [|lra].
  replace (picard_step trajectory t i - trajectory t i)
    with ((picard_step trajectory t i - iterate (S n) t i) + - (trajectory t i - iterate (S n) t i)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
Qed.

(* It starts at x0 and follows the field at every time. *)
Theorem trajectory_exists :
  (forall i, (i < d)%nat -> trajectory s i = x0 i) /\
  (forall t i, (i < d)%nat -> is_derive (fun t => trajectory t i) t (u t (trajectory t) i)).
Proof.
  split.
  - intros i Hi. rewrite <- trajectory_is_fixed by exact Hi. apply step_start.
  - intros t i Hi. apply is_derive_ext with (fun t => picard_step trajectory t i).
    + intros r. now apply trajectory_is_fixed.
    + apply step_derive; [apply trajectory_continuous|exact Hi].
Qed.
End Picard.
